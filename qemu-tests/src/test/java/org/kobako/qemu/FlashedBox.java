package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.testing.Peer;

/**
 * A box as its user has it: a board with a card in it, switched on, and a workstation on the same
 * cable. Its address is the one that it takes on a network without DHCP.
 */
final class FlashedBox implements AutoCloseable {
  static final String ADDRESS = "10.75.0.1";

  private static final Pattern SOUND = Pattern.compile("\"sound\"\\s*:\\s*true");
  private static final Pattern SLOT = Pattern.compile("\"slot\"\\s*:\\s*\"([ab])\"");
  private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"?(\\d+)");

  private final Network network;
  private final Network.Host desk;
  private final Network.Plug socket;
  private final Hardware hardware;
  private final int memoryMib;
  private final Card card;
  private final Path logs;
  private final String mac = Vm.newMac();
  private int powerOns;
  private Optional<Vm> vm = Optional.empty();

  /**
   * Lays it on the desk, switched off.
   *
   * @param logs where each power-on leaves a folder
   */
  FlashedBox(Hardware hardware, int memoryMib, Card card, Path logs) throws IOException {
    this.network = Network.open(logs);
    this.desk = network.join("desk", "10.75.0.2/24");
    this.socket = network.tap();
    this.hardware = hardware;
    this.memoryMib = memoryMib;
    this.card = card;
    this.logs = logs;
  }

  /**
   * Switches it on; it may restart itself.
   *
   * @param more words of QEMU, beside those for the board and the card
   */
  Vm powerOn(String... more) throws IOException {
    List<String> words = new ArrayList<>(card.inserted());
    words.addAll(List.of("-action", "reboot=reset"));
    words.addAll(List.of(more));
    Vm on =
        Vm.powerOn(
            hardware,
            mac,
            memoryMib,
            socket,
            Logs.inside(logs, "power-on-" + ++powerOns),
            words.toArray(String[]::new));
    vm = Optional.of(on);
    return on;
  }

  void pullPlug() throws InterruptedException {
    if (vm.isPresent()) {
      vm.get().close();
      vm = Optional.empty();
    }
  }

  Card card() {
    return card;
  }

  Network network() {
    return network;
  }

  Network.Host desk() {
    return desk;
  }

  /** A command on the workstation, which may fail. */
  Peer.Outcome atDesk(String... words) {
    return Peer.run(desk.command(words));
  }

  /** What the box says of itself; empty while it does not answer. */
  Optional<String> status() {
    Peer.Outcome outcome = atDesk("curl", "-sS", "-f", "-m", "10", url() + "/status");
    return outcome.exitCode() == 0 ? Optional.of(outcome.output()) : Optional.empty();
  }

  /** Asks for an address again and again, as a machine does; how long that took. */
  Duration awaitLease(Duration patience) {
    long askedNs = System.nanoTime();
    Peer.await(
        "somebody gives out addresses",
        patience,
        () ->
            atDesk(
                        "busybox",
                        "udhcpc",
                        "-i",
                        "eth0",
                        "-n",
                        "-q",
                        "-t",
                        "1",
                        "-T",
                        "1",
                        "-s",
                        "/bin/true")
                    .exitCode()
                == 0);
    return Duration.ofNanos(System.nanoTime() - askedNs);
  }

  String url() {
    return "http://" + ADDRESS;
  }

  /** Waits until every service of it answers, from this slot. */
  String awaitSound(String slot, Duration patience) throws IOException {
    Peer.await(
        "the box is sound in slot " + slot,
        patience,
        () ->
            status()
                .filter(text -> SOUND.matcher(text).find())
                .filter(text -> word(SLOT, text).equals(slot))
                .isPresent());
    return status().orElseThrow();
  }

  /** The firmware's version in an answer of {@link #status}. */
  static long version(String status) {
    return Long.parseLong(word(VERSION, status));
  }

  private static String word(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  @Override
  public void close() throws InterruptedException {
    pullPlug();
    network.close();
  }
}
