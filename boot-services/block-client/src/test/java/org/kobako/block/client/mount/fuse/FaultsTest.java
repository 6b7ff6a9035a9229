package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private long nowNs;
  private final List<String> lines = new ArrayList<>();
  private final List<Throwable> traces = new ArrayList<>();
  private final Faults faults = new Faults(new ListLogger(), "debian", () -> nowNs);

  @Test
  void faultNamesTheDiskThePlaceAndTheReason() {
    faults.add(8192, 4096, new IOException("block 0 is missing"));
    assertThat(lines)
        .containsExactly(
            "fuse: 4096 bytes at 8192 of debian are unreadable: block 0 is missing;"
                + " their reader gets EIO, others go on");
  }

  @Test
  void sameFaultIsToldOnceAMinute() {
    for (int i = 0; i < 1000; i++) {
      faults.add(i * 4096L, 4096, new IOException("block 0 is missing"));
    }
    assertThat(lines).hasSize(1);
    nowNs += Duration.ofMinutes(1).toNanos();
    faults.add(0, 4096, new IOException("block 0 is missing"));
    assertThat(lines).hasSize(2);
  }

  @Test
  void floodOfFaultsIsCountedNotTold() {
    for (int i = 0; i < 1000; i++) {
      faults.add(0, 1, new IOException("block " + i + " is missing"));
    }
    assertThat(lines).hasSize(Faults.LINES_PER_SECOND);
    nowNs += Duration.ofSeconds(1).toNanos();
    faults.add(0, 1, new IOException("block 1000 is missing"));
    assertThat(lines).hasSize(Faults.LINES_PER_SECOND + 1);
    assertThat(lines.getLast()).endsWith("(990 more faults were not told)");
  }

  @Test
  void brokenRequestIsToldWithItsTrace() {
    IllegalStateException broken = new IllegalStateException("slotless");
    faults.add(Opcode.READ, broken);
    faults.add(Opcode.READ, broken);
    assertThat(lines)
        .containsExactly("fuse: READ on debian failed, the asker gets EIO; please report this");
    assertThat(traces).containsExactly(broken);
  }

  private final class ListLogger implements System.Logger {
    @Override
    public String getName() {
      return "list";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      lines.add(String.valueOf(message));
      if (thrown != null) {
        traces.add(thrown);
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... parameters) {
      lines.add(String.valueOf(format));
    }
  }
}
