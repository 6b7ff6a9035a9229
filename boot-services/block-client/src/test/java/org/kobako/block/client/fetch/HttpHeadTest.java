package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadTest {
  @Test
  void aLengthFramesTheBody() throws IOException {
    HttpHead head = parse("HTTP/1.1 200 OK\r\nCONTENT-length:  131072 \r\nServer: x\r\n\r\n");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.framing()).isEqualTo(HttpHead.Framing.LENGTH);
    assertThat(head.contentLength()).isEqualTo(131072);
    assertThat(head.keepsAlive()).isTrue();
  }

  @Test
  void chunksFrameTheBody() throws IOException {
    assertThat(parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").framing())
        .isEqualTo(HttpHead.Framing.CHUNKED);
  }

  @Test
  void withoutEitherTheConnectionsEndFramesTheBody() throws IOException {
    assertThat(parse("HTTP/1.0 200 OK\r\n\r\n").framing()).isEqualTo(HttpHead.Framing.UNTIL_CLOSE);
  }

  @Test
  void http10ClosesUnlessItSaysOtherwise() throws IOException {
    assertThat(parse("HTTP/1.0 200 OK\r\n\r\n").keepsAlive()).isFalse();
    assertThat(parse("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n").keepsAlive()).isTrue();
    assertThat(parse("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").keepsAlive()).isFalse();
  }

  @Test
  void bareLineFeedsEndLinesToo() throws IOException {
    assertThat(parse("HTTP/1.1 404 Not Found\nContent-Length: 3\n\n").contentLength()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
      })
  void whatCannotBeBelievedIsRefused(String head) {
    assertThatThrownBy(() -> parse(head)).isInstanceOf(IOException.class);
  }

  @Test
  void anUnfinishedHeadHasNoEnd() {
    assertThat(HttpHead.end(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"))).isEqualTo(-1);
  }

  private static HttpHead parse(String text) throws IOException {
    ByteBuffer bytes = bytes(text);
    HttpHead head = new HttpHead();
    head.parse(bytes, HttpHead.end(bytes));
    return head;
  }

  private static ByteBuffer bytes(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(512).put(ascii);
  }
}
