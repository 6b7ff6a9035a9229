package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** From power-on to a login prompt, and what is true then, on every kind of machine. */
@Tag("interop")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class NetbootBootsTest {
  /** Emulated, two at a time, beside a build: what is fast on a desk may take minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(12);

  /** The least that a machine needs to have. */
  private static final int MEMORY_MIB = 256;

  private static final Duration UNPLUGGED = Duration.ofSeconds(10);

  private final BootTimes times = new BootTimes();
  private @Nullable BootStore store;

  @BeforeAll
  void makeTheStore(@TempDir Path work) throws IOException {
    store = new BootStore(work, Logs.of("store").resolve("make.log"));
  }

  @AfterAll
  void tellTheTimes() throws IOException {
    Files.writeString(Logs.ALL.resolve("times"), times.toString());
    System.out.println(times);
  }

  @Test
  void aPcWithBiosBoots() throws Exception {
    bootAndPowerOff(Hardware.X86_BIOS);
  }

  @Test
  void aPcWithUefiBootsByPxe() throws Exception {
    bootAndPowerOff(Hardware.X86_UEFI_PXE);
  }

  @Test
  void aPcWithUefiBootsByHttp() throws Exception {
    bootAndPowerOff(Hardware.X86_UEFI_HTTP);
  }

  @Test
  void anArm64MachineWithUefiBoots() throws Exception {
    bootAndPowerOff(Hardware.ARM64_UEFI);
  }

  /** Its only box is gone for a while, and it never knows. */
  @Test
  void anArm64MachineWithUbootBootsAndGoesOnWhenItsOnlyBoxWasUnplugged() throws Exception {
    bootAndPowerOff(
        Hardware.ARM64_UBOOT,
        (boot, shell) -> {
          boot.box().plug().pull();
          Thread.sleep(UNPLUGGED);
          assertThat(shell.hasEnded()).isFalse();
          boot.box().plug().putBack();
        });
  }

  @Test
  void anArmhfMachineWithUbootBoots() throws Exception {
    bootAndPowerOff(Hardware.ARMHF_UBOOT);
  }

  private void bootAndPowerOff(Hardware hardware) throws Exception {
    bootAndPowerOff(hardware, (boot, shell) -> {});
  }

  /** What happens while a machine reads all that it has. */
  @FunctionalInterface
  private interface Meanwhile {
    void happens(Boot boot, Shell shell) throws Exception;
  }

  /** From power-on to a Debian that does what a Debian does, and off again. */
  private void bootAndPowerOff(Hardware hardware, Meanwhile meanwhile) throws Exception {
    Path logs = Logs.of(hardware.word());
    try (Boot boot = boot(hardware, logs)) {
      Shell shell = login(boot);
      times.add(hardware.word(), boot.vm().console(), logs);
      String nonce = UUID.randomUUID().toString();
      shell.start(RootDisk.digestCommand(nonce));
      meanwhile.happens(boot, shell);
      assertThat(shell.await(PATIENCE)).isEqualTo(boot.rootDisk().digest(nonce));
      assertThat(shell.run("dmesg", PATIENCE))
          .contains("Linux version")
          .doesNotContain("I/O error");
      assertThat(shell.run("apt-get --version", PATIENCE)).startsWith("apt ");
      assertThat(shell.run("systemctl is-system-running --wait", PATIENCE)).isEqualTo("running");
      // As a shutdown does it: all are stopped, and what is read then must still come.
      shell.run(
          "kill -STOP $(grep -lx client /proc/[0-9]*/comm | cut -d/ -f3)"
              + " && echo 3 >/proc/sys/vm/drop_caches && grep -qr root /etc",
          PATIENCE);
      // Until it is off the kernel tells everything: where it hangs, if it does.
      shell.start("dmesg -n 8; poweroff");
      boot.vm().console().await("reboot: Power down", PATIENCE);
      boot.vm().awaitPowerOff(PATIENCE);
      assertThat(boot.vm().console().said()).doesNotContain("I/O error");
    }
  }

  /** UEFI takes both offers, and asks the box on port 4011; iPXE after it does so in its way. */
  @Test
  void aPcBootsBesideSomebodyElsesDhcpServer() throws Exception {
    Path logs = Logs.of("beside-dnsmasq");
    try (Boot boot =
        Boot.powerOn(
            Hardware.X86_UEFI_PXE,
            MEMORY_MIB,
            Objects.requireNonNull(store),
            logs,
            network -> Dnsmasq.start(network.join("server", "10.77.0.254/24"), logs))) {
      Shell shell = login(boot);
      assertThat(shell.run("cat /proc/cmdline", PATIENCE))
          .contains("kobako.from=http://disk1.boot.kobako:8080/ kobako.resolver=10.77.0.1 ");
      assertThat(Files.readString(logs.resolve("box.log")))
          .contains("gives boot files and no addresses");
      assertThat(Files.readString(logs.resolve("leases"))).contains(" 10.77.0.1");
    }
  }

  private Boot boot(Hardware hardware, Path logs) throws IOException {
    return Boot.powerOn(hardware, MEMORY_MIB, Objects.requireNonNull(store), logs);
  }

  private static Shell login(Boot boot) {
    boot.vm().console().await(" login: ", PATIENCE);
    return Shell.login(boot.vm().console());
  }
}
