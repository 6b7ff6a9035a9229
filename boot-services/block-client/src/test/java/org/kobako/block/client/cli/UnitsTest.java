package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "65536, 64K",
    "131072, 128K",
    "131073, 131073",
    "1048576, 1M",
    "3221225472, 3G",
    "1099511627776, 1T"
  })
  void sizeIsWrittenAsItIsRead(long bytes, String text) {
    assertThat(Units.formatSize(bytes)).isEqualTo(text);
    assertThat(Units.parseSize(text)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "K", "-1", "1.5M", "1KB", "1 K", "9999999999T", "99999999999999999999"})
  void whatIsNoSizeIsRefused(String text) {
    assertThat(Units.parseSize(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"999, 999", "1000, 1.0K", "131072, 128K", "12897484, 12.3M", "5368709120, 5.0G"})
  void sizeForPeopleIsRounded(long bytes, String text) {
    assertThat(Units.roundSize(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"250, 250ms", "3000, 3s", "90000, 90s", "120000, 2m", "3600000, 1h"})
  void durationIsWrittenAsItIsRead(long ms, String text) {
    assertThat(Units.formatDuration(Duration.ofMillis(ms))).isEqualTo(text);
    assertThat(Units.parseDuration(text)).contains(Duration.ofMillis(ms));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "s", "-3s", "3 s", "3d", "1.5s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThat(Units.parseDuration(text)).isEmpty();
  }

  @Test
  void letterOfASizeMayBeSmall() {
    assertThat(Units.parseSize("64k")).contains(65536L);
  }
}
