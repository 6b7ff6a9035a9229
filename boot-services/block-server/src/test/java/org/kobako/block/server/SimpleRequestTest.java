package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.StorePath;

class SimpleRequestTest {
  private static final String BLOCK = "blocks/ab/ab" + "0".repeat(62);
  private static final String LINE = "GET /" + BLOCK + " HTTP/1.1\r\n";

  @Test
  void machinesAndCachesAskSimply() {
    assertThat(SimpleRequest.parse(LINE + "Host: 10.0.0.1:8080\r\nUser-Agent: kobako\r\n\r\n"))
        .map(SimpleRequest::path)
        .contains(new StorePath.Block(BLOCK.substring(10)));
    assertThat(
            SimpleRequest.parse(
                "GET /images/a/current HTTP/1.1\r\nhost: box\r\nCache-Control: max-age=0\r\n"
                    + "Via: 1.1 proxy (squid)\r\nConnection: Keep-Alive\r\n\r\n"))
        .isPresent();
  }

  @Test
  void aRangeIsKept() {
    assertThat(SimpleRequest.parse(LINE + "Host: box\r\nRange: bytes=0-9\r\n\r\n"))
        .map(request -> request.fields().get(HttpHeader.RANGE))
        .contains("bytes=0-9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host: box",
        "Host: box\r\n",
        "\r\n",
        "Host: box\r\nHost: box\r\n\r\n",
        "Host: \r\n\r\n",
        "Host: a/b\r\n\r\n",
        "Host: a@b\r\n\r\n",
        "Host : box\r\n\r\n",
        "Host: box\r\n folded\r\n\r\n",
        "Host: box\r\nno colon\r\n\r\n",
        "Host: box\r\nUser-Agent: a\nX: b\r\n\r\n",
        "Host: box\r\nUser-Agent: a\0\r\n\r\n",
        "Host: box\r\nUser-Agent: \u00e4\r\n\r\n",
        "Host: box\r\nCache-Control: no-cache\r\n\r\n",
        "Host: box\r\nConnection: close\r\n\r\n",
        "Host: box\r\nConnection: upgrade\r\n\r\n",
        "Host: box\r\nContent-Length: 0\r\n\r\n",
        "Host: box\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Host: box\r\nExpect: 100-continue\r\n\r\n",
        "Host: box\r\nIf-None-Match: *\r\n\r\n",
        "Host: box\r\nIf-Range: \"a\"\r\nRange: bytes=0-9\r\n\r\n",
        "Host: box\r\nRange: bytes=0-9\r\nRange: bytes=0-9\r\n\r\n",
        "Host: box\r\n\r\nGET / HTTP/1.1\r\n",
        "Host: box\r\n\r\n\r\n",
      })
  void whatIsWrittenInAnyOtherWayIsNotSimple(String fields) {
    assertThat(SimpleRequest.parse(LINE + fields)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD /images/a/current HTTP/1.1",
        "get /images/a/current HTTP/1.1",
        "GET /images/a/current HTTP/1.0",
        "GET /images/a/current HTTP/1.10",
        "GET  /images/a/current HTTP/1.1",
        "GET /images/a/current  HTTP/1.1",
        "GET /images/a/current?x HTTP/1.1",
        "GET http://box/images/a/current HTTP/1.1",
        "GET /images/../current HTTP/1.1",
        "GET /boot/vmlinuz HTTP/1.1",
        "GET /status HTTP/1.1",
        "GET HTTP/1.1",
        "GET  HTTP/1.1",
        " GET /images/a/current HTTP/1.1",
      })
  void onlyAGetOfAStoresFileIsSimple(String line) {
    assertThat(SimpleRequest.parse(line + "\r\nHost: box\r\n\r\n")).isEmpty();
  }
}
