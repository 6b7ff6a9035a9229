package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpDateTime;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  /** The example of RFC 9110 section 5.6.7. */
  @Test
  void aDateIsWrittenAsTheRfcDoes() {
    assertThat(HttpDate.of(784111777)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  @Test
  void jettyWritesAndReadsEveryDateTheSameWay() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long epochSeconds = random.nextLong(0, 253_402_300_800L); // to the end of 9999
      String date = HttpDate.of(epochSeconds);
      assertThat(date).isEqualTo(DateGenerator.formatDate(1000 * epochSeconds));
      assertThat(HttpDateTime.parse(date).toEpochSecond()).isEqualTo(epochSeconds);
    }
  }
}
