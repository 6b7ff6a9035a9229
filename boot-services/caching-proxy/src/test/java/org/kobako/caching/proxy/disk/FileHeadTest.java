package org.kobako.caching.proxy.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileHeadTest {
  private static final FileHead HEAD =
      new FileHead(
          1234,
          "ab".repeat(32),
          Optional.of("W/\"a: b\""),
          Optional.of("Sun, 06 Nov 1994 08:49:37 GMT"),
          1_000_000,
          5_000,
          60_000);

  @Test
  void whatIsWrittenIsReadBack() {
    assertThat(FileHead.parse(HEAD.toText())).contains(HEAD);
  }

  @Test
  void oneThatWasTornAtAnyPlaceIsNone() {
    String text = HEAD.toText();
    for (int length = 0; length < text.length(); length++) {
      assertThat(FileHead.parse(text.substring(0, length))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "", "9223372036854775807", "x", "1e3"})
  void aNumberThatIsNoneMakesItNone(String number) {
    String text = HEAD.toText().replace("fresh-ms: 5000", "fresh-ms: " + number);
    assertThat(FileHead.parse(text)).isEmpty();
  }

  @Test
  void itIsFreshForItsTimeThenUsableAlone() {
    assertThat(HEAD.isFresh(1_004_999)).isTrue();
    assertThat(HEAD.isFresh(1_005_000)).isFalse();
    assertThat(HEAD.isUsableAlone(1_064_999)).isTrue();
    assertThat(HEAD.isUsableAlone(1_065_000)).isFalse();
  }

  @Test
  void aClockThatJumpedBackMakesItOldAndNotFreshForYears() {
    assertThat(HEAD.isFresh(999_999)).isFalse();
    assertThat(HEAD.isUsableAlone(999_999)).isTrue();
  }

  @Test
  void foreverIsNoOverflow() {
    FileHead forever = HEAD.validated(1_000_000, FileHead.FOREVER_MS, FileHead.FOREVER_MS);
    assertThat(forever.isFresh(4_000_000_000_000L)).isTrue();
    assertThat(FileHead.parse(forever.toText())).contains(forever);
  }
}
