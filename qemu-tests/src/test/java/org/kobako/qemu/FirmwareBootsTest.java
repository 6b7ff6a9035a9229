package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.testing.Peer;

/** The flashable file, as its user has it: on a card, in a board with 64 MB. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** A digit that a version has more; updates are counted in seconds. */
  private static final long NEWER = 1;

  static final Pattern SECRET = Pattern.compile("admin secret: (\\S+)\\s");

  private @TempDir Path work;

  /** From power-on of a new card to every service, and what the room sees of them. */
  @Test
  void aFreshCardServesARoomWithoutAWordOfConfiguration() throws Exception {
    Path logs = Logs.of("firmware-fresh");
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      Vm vm = box.powerOn();
      Duration firstLease = box.awaitLease(PATIENCE);
      vm.console().await(SECRET.pattern(), PATIENCE);
      String status = box.awaitSound("a", PATIENCE);
      Files.writeString(logs.resolve("status.json"), status);
      Files.writeString(
          logs.resolve("times"), "first DHCP answer after " + firstLease.toMillis() + " ms\n");
      System.out.println("firmware: first DHCP answer after " + firstLease.toMillis() + " ms");
      assertThat(box.bootScript("tftp").succeeded()).contains(FlashedBox.PXE_BOOT);
      assertThat(FlashedBox.kib("available", status)).isGreaterThan(8 << 10);
      box.pullPlug();
      assertThat(box.card().slots()).containsEntry("good", "a");
      // All but what the other partitions have, and less than a MiB that is no whole one.
      assertThat(box.card().lengthBytes(Card.Partition.DATA))
          .isEqualTo(FlashedBox.CARD_BYTES - box.card().offset(Card.Partition.DATA));
    }
  }

  /** The store comes onto the card as a user brings it: in a workstation's reader. */
  @Test
  void anArmhfBoxBootsAnotherMachineToALogin() throws Exception {
    Path logs = Logs.of("firmware-netboot");
    BootStore store = new BootStore(work.resolve("store"), logs.resolve("make.log"));
    RootDisk rootDisk = store.rootDisk(Hardware.X86_BIOS);
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      box.powerOn();
      box.awaitSound("a", PATIENCE);
      box.pullPlug();
      box.card()
          .onData(data ->
              Peer.run("cp", "-r", store.directory() + "/.", data.resolve("store").toString())
                  .succeeded());
      String mac = Vm.newMac();
      box.card().put(store.cardConfig(Hardware.X86_BIOS, mac, logs), "kobako.toml");
      box.powerOn();
      box.awaitSound("a", PATIENCE);
      try (Vm machine =
          Vm.powerOn(
              Hardware.X86_BIOS, mac, 256, box.network().tap(), Logs.inside(logs, "machine"))) {
        machine.console().await(" login: ", PATIENCE.multipliedBy(3));
        Shell shell = Shell.login(machine.console());
        String nonce = UUID.randomUUID().toString();
        assertThat(shell.run(RootDisk.digestCommand(nonce), PATIENCE.multipliedBy(3)))
            .isEqualTo(rootDisk.digest(nonce));
        assertThat(FlashedBox.kib("available", box.status().orElseThrow())).isGreaterThan(8 << 10);
      }
    }
  }

  @Test
  void anUpdateIsConfirmedAndABrokenOneIsGivenUp() throws Exception {
    Path logs = Logs.of("firmware-update");
    Firmware firmware = Firmware.of("armhf", logs.resolve("make.log"));
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      Vm vm = box.powerOn();
      String secret = vm.console().await(SECRET.pattern(), PATIENCE).group(1);
      long version = FlashedBox.version(box.awaitSound("a", PATIENCE));

      Firmware.Update good = firmware.update(work.resolve("good"), version + NEWER);
      Path goodFile = good.sign();
      assertRefused(box, "wrong-secret", goodFile, "secret");
      assertRefused(box, secret, truncated(goodFile), "fetch or make it again");
      assertRefused(box, secret, firmware.update(work.resolve("same"), version).sign(), "version");
      assertThat(update(box, secret, goodFile).exitCode()).isZero();
      assertThat(FlashedBox.version(box.awaitSound("b", PATIENCE))).isEqualTo(version + NEWER);
      box.awaitConfirmed("b", PATIENCE);

      Firmware.Update deaf = firmware.update(work.resolve("deaf"), version + 2 * NEWER);
      // A supervisor that starts, a box process that never does, and less patience than people
      // have.
      Files.writeString(deaf.root().resolve("usr/lib/kobako/box"), "#!/bin/sh\nsleep 60\n");
      deaf.replace("usr/lib/kobako/slot", "readonly patience=300\n", "readonly patience=20\n");
      assertGivenUp(box, vm, secret, deaf.sign(), version + NEWER);

      Firmware.Update rootless = firmware.update(work.resolve("rootless"), version + 3 * NEWER);
      Path noRoot = work.resolve("no-root");
      Files.write(noRoot, new byte[1 << 20]);
      assertGivenUp(box, vm, secret, rootless.sign(noRoot), version + NEWER);
    }
  }

  /** The box goes to slot a, tries it, and is back in slot b with what it had. */
  private static void assertGivenUp(
      FlashedBox box, Vm vm, String secret, Path file, long oldVersion) throws IOException {
    assertThat(update(box, secret, file).exitCode()).isZero();
    vm.console().await("Kobako: slot a", PATIENCE);
    vm.console().await("Kobako: slot b", PATIENCE.multipliedBy(4));
    assertThat(FlashedBox.version(box.awaitSound("b", PATIENCE))).isEqualTo(oldVersion);
    box.awaitConfirmed("b", PATIENCE);
  }

  private static Peer.Outcome update(FlashedBox box, String secret, Path file) {
    return Peer.run(box.updateBy(file, secret));
  }

  private static void assertRefused(FlashedBox box, String secret, Path file, String why) {
    Peer.Outcome outcome = update(box, secret, file);
    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(1);
    assertThat(outcome.output()).contains(why);
  }

  /** Half of a file. */
  private Path truncated(Path file) throws IOException {
    Path half = work.resolve("truncated.update");
    byte[] all = Files.readAllBytes(file);
    return Files.write(half, Arrays.copyOf(all, all.length / 2));
  }
}
