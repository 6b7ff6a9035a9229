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
import org.kobako.testing.Peer;

/** The flashable files of 64 bits, by every boot loader that they have, with the least memory. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareBoardsBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private @TempDir Path work;

  /** GRUB and U-Boot count down the tries of the new slot, on the card, and are told no more. */
  @ParameterizedTest(name = "{0} with {1} MB")
  @CsvSource({"X86_BIOS, 128", "ARM64_UBOOT, 192"})
  void aFreshCardAnswersWithEveryServiceAndTakesAnUpdate(Hardware hardware, int memoryMib)
      throws Exception {
    Path logs = Logs.of("firmware-" + hardware.word());
    Firmware firmware = Firmware.of(hardware.architecture(), logs.resolve("make.log"));
    try (FlashedBox box = FlashedBox.flashed(hardware, memoryMib, work, logs)) {
      Vm vm = box.powerOn();
      String status = awaitServices(box, hardware, memoryMib, logs);
      String secret = vm.console().await(FirmwareBootsTest.SECRET.pattern(), PATIENCE).group(1);
      long newer = FlashedBox.version(status) + 1000;
      Path update = firmware.update(work.resolve("update"), newer).sign();
      Peer.run(box.updateBy(update, secret)).succeeded();
      assertThat(FlashedBox.version(box.awaitSound("b", PATIENCE))).isEqualTo(newer);
      box.awaitConfirmed("b", PATIENCE);
    }
  }

  /** The empty slot makes GRUB write the card and go on to the other slot by itself. */
  @ParameterizedTest(name = "{0} with {1} MB")
  @CsvSource({"X86_UEFI_PXE, 192", "ARM64_UEFI, 512"})
  void aFreshCardGivesUpAnEmptySlotAndAnswersWithEveryServiceFromTheOther(
      Hardware hardware, int memoryMib) throws Exception {
    Path logs = Logs.of("firmware-" + hardware.word());
    try (FlashedBox box = FlashedBox.flashed(hardware, memoryMib, work, logs)) {
      box.card().setSlots("good=a", "next=b", "tries=1");
      Vm vm = box.powerOn();
      vm.console().await("Kobako: slot b", PATIENCE);
      vm.console().await("Kobako: slot a", PATIENCE);
      awaitServices(box, hardware, memoryMib, logs);
      box.awaitConfirmed("a", PATIENCE);
    }
  }

  /** What it says of itself then. */
  private static String awaitServices(FlashedBox box, Hardware hardware, int memoryMib, Path logs)
      throws Exception {
    Duration firstLease = box.awaitLease(PATIENCE);
    String status = box.awaitSound("a", PATIENCE);
    Files.writeString(logs.resolve("status.json"), status);
    System.out.printf(
        "firmware on %s, %d MB: first DHCP answer %d s after its boot loader; %s%n",
        hardware.word(), memoryMib, firstLease.toSeconds(), FlashedBox.memory(status));
    assertThat(box.bootScript("tftp").succeeded()).contains(FlashedBox.PXE_BOOT);
    return status;
  }
}
