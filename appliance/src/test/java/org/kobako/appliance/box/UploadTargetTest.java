package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.ImageName;

class UploadTargetTest {
  private static final ImageName DEBIAN = new ImageName("debian");
  private static final long LAST = Long.MAX_VALUE;

  @Test
  void eachRequestOfAnUploaderIsKnown() {
    assertThat(UploadTarget.of("GET", "/upload/debian"))
        .contains(new UploadTarget.Standing(DEBIAN));
    assertThat(UploadTarget.of("PUT", "/upload/debian/3.index"))
        .contains(new UploadTarget.Index(DEBIAN, 3));
    assertThat(UploadTarget.of("GET", "/upload/debian/77/missing/0"))
        .contains(new UploadTarget.Missing(DEBIAN, 77, 0));
    assertThat(UploadTarget.of("PUT", "/upload/debian/" + LAST + "/blocks/12"))
        .contains(new UploadTarget.Block(DEBIAN, LAST, 12));
    assertThat(UploadTarget.of("POST", "/upload/debian/77/current"))
        .contains(new UploadTarget.Publish(DEBIAN, 77));
    assertThat(UploadTarget.of("DELETE", "/upload/debian/77"))
        .contains(new UploadTarget.End(DEBIAN, 77));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /upload/debian",
        "GET /upload/",
        "GET /upload/..",
        "GET /upload/a/b",
        "PUT /upload/../3.index",
        "PUT /upload/debian/0.index",
        "PUT /upload/debian/03.index",
        "PUT /upload/debian/1000000000000000000.index",
        "GET /upload/debian/3.index",
        "GET /upload/debian/9223372036854775808/missing/0",
        "GET /upload/debian/0/missing/0",
        "GET /upload/debian/77/missing/-1",
        "GET /upload/debian/77/missing/4294967296",
        "POST /upload/debian/77/missing/0",
        "PUT /upload/debian/77/blocks/x",
        "PUT /upload/debian/77/blocks/1/",
        "GET /upload/debian/77/current",
        "DELETE /upload/debian"
      })
  void nothingElseIs(String request) {
    String[] words = request.split(" ", 2);
    assertThat(UploadTarget.of(words[0], words[1])).isEmpty();
  }
}
