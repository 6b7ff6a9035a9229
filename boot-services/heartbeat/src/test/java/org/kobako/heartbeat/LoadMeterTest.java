package org.kobako.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link of 100 Mbit/s carries 12.5 MB a second. */
class LoadMeterTest {
  private static final long MEGABYTE = 1_000_000;

  private @TempDir Path eth0;
  private long sent;
  private long nowNs = Long.MAX_VALUE - 5; // as nanoTime may be

  @BeforeEach
  void makeInterface() throws IOException {
    Files.createDirectory(eth0.resolve("statistics"));
    Files.writeString(eth0.resolve("speed"), "100\n");
    count(0, 0);
  }

  private void count(long tx, long rx) throws IOException {
    Files.writeString(eth0.resolve("statistics/tx_bytes"), tx + "\n");
    Files.writeString(eth0.resolve("statistics/rx_bytes"), rx + "\n");
  }

  private int levelAfter(int seconds, LoadMeter meter, double megabytesPerSecond)
      throws IOException {
    int level = 0;
    for (int second = 0; second < seconds; second++) {
      sent += (long) (megabytesPerSecond * MEGABYTE);
      count(sent, 5);
      nowNs += TimeUnit.SECONDS.toNanos(1);
      level = meter.level(nowNs);
    }
    return level;
  }

  @Test
  void aLevelIsATenthOfTheLink() throws IOException {
    LoadMeter meter = new LoadMeter(eth0);
    assertThat(meter.level(nowNs)).isZero();
    assertThat(levelAfter(20, meter, 1.0)).isZero();
    assertThat(levelAfter(20, meter, 1.3)).isEqualTo(1);
    assertThat(levelAfter(20, meter, 6.5)).isEqualTo(5);
    assertThat(levelAfter(20, meter, 12.4)).isEqualTo(9);
    assertThat(levelAfter(20, meter, 20)).isEqualTo(9);
    assertThat(levelAfter(20, meter, 0)).isZero();
  }

  @Test
  void aLoadIsSeenWithinThreeSecondsAndOnePeakIsNone() throws IOException {
    LoadMeter meter = new LoadMeter(eth0);
    meter.level(nowNs);
    assertThat(levelAfter(1, meter, 12.5)).isLessThan(5);
    assertThat(levelAfter(2, meter, 12.5)).isGreaterThan(6);
  }

  @Test
  void aCounterThatBeginsAnewIsNoLoad() throws IOException {
    LoadMeter meter = new LoadMeter(eth0);
    count(1000 * MEGABYTE, 0);
    meter.level(nowNs);
    assertThat(levelAfter(1, meter, 0)).isZero();
  }

  @Test
  void whereTheSpeedIsNotKnownItIsAGigabit() throws IOException {
    Files.writeString(eth0.resolve("speed"), "-1\n");
    LoadMeter meter = new LoadMeter(eth0);
    meter.level(nowNs);
    assertThat(levelAfter(20, meter, 63)).isEqualTo(5);
  }

  @Test
  void anInterfaceThatIsGoneIsSaidToBe() throws IOException {
    LoadMeter meter = new LoadMeter(eth0);
    Files.delete(eth0.resolve("statistics/tx_bytes"));
    assertThatIOException().isThrownBy(() -> meter.level(nowNs));
  }
}
