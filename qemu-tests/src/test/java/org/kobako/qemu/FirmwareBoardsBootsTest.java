package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The flashable files of 64 bits, by every boot loader that they have, with the least memory. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareBoardsBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private @TempDir Path work;

  /**
   * The empty slot makes GRUB and U-Boot write the card and go on to the other slot by themselves.
   */
  @ParameterizedTest(name = "{0} with {1} MB")
  @CsvSource({"X86_BIOS, 128", "X86_UEFI_PXE, 192", "ARM64_UBOOT, 192", "ARM64_UEFI, 512"})
  void aFreshCardGivesUpAnEmptySlotAndAnswersWithEveryServiceFromTheOther(
      Hardware hardware, int memoryMib) throws Exception {
    Path logs = Logs.of("firmware-" + hardware.word());
    try (FlashedBox box = FlashedBox.flashed(hardware, memoryMib, work, logs)) {
      box.card().setSlots("good=a", "next=b", "tries=1");
      Vm vm = box.powerOn();
      vm.console().await("Kobako: slot b", PATIENCE);
      vm.console().await("Kobako: slot a", PATIENCE);
      Duration firstLease = box.awaitLease(PATIENCE);
      String status = box.awaitSound("a", PATIENCE);
      Files.writeString(logs.resolve("status.json"), status);
      System.out.printf(
          "firmware on %s, %d MB: first DHCP answer %d s after its boot loader;" + " %s%n",
          hardware.word(), memoryMib, firstLease.toSeconds(), FlashedBox.memory(status));

      assertThat(box.bootScript("tftp").succeeded()).contains(FlashedBox.PXE_BOOT);
      box.awaitConfirmed("a", PATIENCE);
    }
  }
}
