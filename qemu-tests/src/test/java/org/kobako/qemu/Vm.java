package org.kobako.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.kobako.testing.Peer;

/**
 * A machine under QEMU, emulated instruction by instruction: KVM is not to be had everywhere. It is
 * switched on when it is made, and surely off when it is closed.
 */
final class Vm implements AutoCloseable {
  private static final AtomicInteger MACHINES = new AtomicInteger();

  private final Process qemu;
  private final SerialConsole console;
  private final Path monitor;

  private Vm(Process qemu, SerialConsole console, Path monitor) {
    this.qemu = qemu;
    this.console = console;
    this.monitor = monitor;
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
    Path monitor = Files.createTempDirectory("kobako-monitor").resolve("socket");
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
            "-monitor",
            "unix:" + monitor + ",server=on,wait=off",
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
            mac, qemu.getInputStream(), qemu.getOutputStream(), logs.resolve("console.log")),
        monitor);
  }

  /** Pulls its cable out, as its network card notices it. */
  void pullCable() throws IOException {
    pullCable("cable");
  }

  void plugInCable() throws IOException {
    plugInCable("cable");
  }

  /** The same with a further one, by its name among QEMU's words. */
  void pullCable(String netdev) throws IOException {
    tell("set_link " + netdev + " off");
  }

  void plugInCable(String netdev) throws IOException {
    tell("set_link " + netdev + " on");
  }

  /** A command to QEMU, which has done it when this returns. */
  private void tell(String command) throws IOException {
    Peer.await("QEMU listens", Duration.ofSeconds(30), () -> Files.exists(monitor));
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(monitor))) {
      InputStream in = Channels.newInputStream(channel);
      awaitPrompt(in);
      channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
      awaitPrompt(in);
    }
  }

  private static void awaitPrompt(InputStream in) throws IOException {
    StringBuilder said = new StringBuilder();
    while (!said.toString().endsWith("(qemu) ")) {
      int one = in.read();
      if (one < 0) {
        throw new IOException("QEMU ended: " + said);
      }
      said.append((char) one);
    }
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
  public void close() throws InterruptedException, IOException {
    pullPlug();
    qemu.waitFor();
    console.close();
    Files.deleteIfExists(monitor);
    Files.deleteIfExists(monitor.getParent());
  }
}
