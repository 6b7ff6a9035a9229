package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The flashable file on SuperH, for which there is no distribution and no compiling VM. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareSh4BootsTest {
  /** Bytecode is interpreted, by an interpreter that is emulated. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final int MEMORY_MIB = 64;
  private static final long CARD_BYTES = 1L << 29;

  private @TempDir Path work;

  /** The kernel comes from outside, and the initramfs does what a boot loader does elsewhere. */
  @Test
  void aSuperHBoxGivesUpAnEmptySlotAndAnswersWithEveryServiceFromTheOther() throws Exception {
    Path logs = Logs.of("firmware-sh4");
    Firmware firmware = Firmware.of("sh4", logs.resolve("make.log"));
    Card card = Card.flash(firmware.image(), work.resolve("card"), CARD_BYTES);
    card.setSlots("good=a", "next=b", "tries=1");
    byte[] bootFile = new byte[100_000];
    new Random(1).nextBytes(bootFile);
    card.onData(data -> {
      Path boot = Files.createDirectories(data.resolve("store/boot"));
      Files.write(boot.resolve("file"), bootFile);
    });
    try (FlashedBox box = new FlashedBox(Hardware.SH4_R2D, MEMORY_MIB, card, logs)) {
      Vm vm = box.powerOn(firmware.startedFromOutside());
      vm.console().await("slot b of vda has no root", PATIENCE);
      long startsAgainNs = System.nanoTime();
      Duration firstLease = box.awaitLease(PATIENCE);
      String status = box.awaitSound("a", PATIENCE);
      Files.writeString(logs.resolve("status.json"), status);
      System.out.printf(
          "firmware sh4: from the start, first DHCP answer after %d s, sound after %d s;" + " %s%n",
          firstLease.toSeconds(),
          Duration.ofNanos(System.nanoTime() - startsAgainNs).toSeconds(),
          FlashedBox.memory(status));

      for (String folder : List.of("tftp://" + FlashedBox.ADDRESS, box.url() + "/boot")) {
        Path fetched = work.resolve("fetched");
        box.atDesk("curl", "-sSf", "-m", "120", "-o", fetched.toString(), folder + "/file")
            .succeeded();
        assertThat(fetched).hasBinaryContent(bootFile);
      }
      assertThat(FlashedBox.kib("available", box.status().orElseThrow())).isGreaterThan(8 << 10);
      box.awaitConfirmed("a", PATIENCE);
    }
  }
}
