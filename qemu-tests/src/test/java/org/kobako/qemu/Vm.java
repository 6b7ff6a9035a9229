package org.kobako.qemu;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A machine under QEMU, emulated instruction by instruction: KVM is not to be had everywhere. It is
 * switched on when it is made, and surely off when it is closed.
 */
final class Vm implements AutoCloseable {
  private static final AtomicInteger MACHINES = new AtomicInteger();

  private final Process qemu;
  private final SerialConsole console;

  private Vm(Process qemu, SerialConsole console) {
    this.qemu = qemu;
    this.console = console;
  }

  /**
   * A locally administered MAC address that no other machine of this run has, up to the 64th: six
   * equal bytes, because U-Boot 2023.01 takes the first byte of a virtio card's address six times.
   */
  static String newMac() {
    String octet = "%02x".formatted(2 + 4 * (MACHINES.getAndIncrement() % 64));
    return String.join(":", Collections.nCopies(6, octet));
  }

  /**
   * Switches a machine on.
   *
   * @param socket where its cable is plugged in
   * @param logs where {@code console.log} and {@code qemu.log} go
   * @param more options of QEMU
   */
  static Vm powerOn(
      Hardware hardware, String mac, int memoryMib, Network.Plug socket, Path logs, String... more)
      throws IOException {
    List<String> command = new ArrayList<>(hardware.board(Emulators.find(), logs));
    command.addAll(
        List.of(
            "-accel",
            "tcg",
            "-nodefaults",
            "-no-user-config",
            "-no-reboot",
            "-display",
            "none",
            "-serial",
            "stdio",
            "-m",
            memoryMib + "M",
            // UEFI's network and the kernel's random numbers wait for one.
            "-device",
            "virtio-rng-pci",
            "-netdev",
            "tap,id=cable,script=no,downscript=no,ifname=" + socket.device(),
            "-device",
            "virtio-net-pci,netdev=cable,bootindex=1,mac=" + mac + hardware.cardRom()));
    command.addAll(List.of(more));
    Process qemu =
        new ProcessBuilder(Network.inside(socket.namespace(), command))
            .redirectError(Redirect.to(logs.resolve("qemu.log").toFile()))
            .start();
    return new Vm(
        qemu,
        new SerialConsole(
            mac, qemu.getInputStream(), qemu.getOutputStream(), logs.resolve("console.log")));
  }

  boolean isOn() {
    return qemu.isAlive();
  }

  SerialConsole console() {
    return console;
  }

  /** Waits until it has switched itself off; a machine that starts again counts, too. */
  void awaitPowerOff(Duration patience) {
    try {
      if (!qemu.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the machine is still on");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Switches it off as a power failure does. */
  void pullPlug() {
    qemu.destroyForcibly();
  }

  @Override
  public void close() throws InterruptedException {
    pullPlug();
    qemu.waitFor();
    console.close();
  }
}
