package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.testing.Peer;

/**
 * A box as its user has it: a board with a card in it, switched on, and a workstation on the same
 * cable. Its address is the one that it takes on a network without DHCP, unless it is told another.
 */
final class FlashedBox implements AutoCloseable {
  static final String ADDRESS = "10.75.0.1";
  static final long CARD_BYTES = 1L << 30;

  static final String PXE_BOOT = "pxe boot";

  private static final int MEMORY_MIB = 64;

  private static final String UDHCPC =
      "busybox udhcpc -i eth0 -n -q -t 1 -T 1 -C -x 0x3d:01020304%02d -s /bin/true";
  private static final Pattern LEASE = Pattern.compile("lease of (\\S+) obtained from ([^,\\s]+)");
  private static final Pattern SOUND = Pattern.compile("\"sound\"\\s*:\\s*true");
  private static final Pattern SLOT = Pattern.compile("\"slot\"\\s*:\\s*\"([ab])\"");
  private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"?(\\d+)");

  private final Network network;
  private final boolean ownsNetwork;
  private final Network.Host desk;
  private final Network.Plug socket;
  private final Hardware hardware;
  private final int memoryMib;
  private final Card card;
  private final Path logs;
  private final Random random;
  private final String mac = Vm.newMac();
  private String address = ADDRESS;
  private int powerOns;
  private Optional<Vm> vm = Optional.empty();
  private Optional<CardController> controller = Optional.empty();

  /**
   * Lays it on the desk, switched off.
   *
   * @param logs where each power-on leaves a folder, and {@code seed} what chance was made of
   */
  FlashedBox(Hardware hardware, int memoryMib, Card card, Path logs) throws IOException {
    this(hardware, memoryMib, card, logs, Network.open(logs), Optional.empty());
  }

  private FlashedBox(
      Hardware hardware,
      int memoryMib,
      Card card,
      Path logs,
      Network network,
      Optional<FlashedBox> beside)
      throws IOException {
    this.network = network;
    this.ownsNetwork = beside.isEmpty();
    this.desk = beside.isEmpty() ? network.join("desk", "10.75.0.2/24") : beside.get().desk;
    this.socket = network.tap();
    this.hardware = hardware;
    this.memoryMib = memoryMib;
    this.card = card;
    this.logs = logs;
    long seed = System.nanoTime();
    Files.writeString(logs.resolve("seed"), seed + "\n");
    this.random = new Random(seed);
  }

  /** A board with 64 MB and a new card. */
  static FlashedBox armhf(Path work, Path logs) throws IOException {
    return flashed(Hardware.ARMHF_UBOOT, MEMORY_MIB, work, logs);
  }

  /** Any machine with a new card. */
  static FlashedBox flashed(Hardware hardware, int memoryMib, Path work, Path logs)
      throws IOException {
    return new FlashedBox(hardware, memoryMib, newCard(hardware, work, logs), logs);
  }

  /** The same board with another card. */
  static FlashedBox armhf(Card card, Path logs) throws IOException {
    return new FlashedBox(Hardware.ARMHF_UBOOT, MEMORY_MIB, card, logs);
  }

  /** Another one on the same network, with a new card. */
  FlashedBox beside(Path work, Path ownLogs) throws IOException {
    return new FlashedBox(
        hardware, memoryMib, newCard(hardware, work, ownLogs), ownLogs, network, Optional.of(this));
  }

  private static Card newCard(Hardware hardware, Path work, Path logs) throws IOException {
    Firmware firmware = Firmware.of(hardware.architecture(), logs.resolve("make.log"));
    return Card.flash(firmware.image(), work.resolve("card"), CARD_BYTES);
  }

  /** From now on it is expected at another address. */
  void hasAddress(String other) {
    address = other;
  }

  /**
   * Switches it on; it may restart itself.
   *
   * @param more words of QEMU, beside those for the board and the card
   */
  Vm powerOn(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("-action", "reboot=reset"));
    words.addAll(
        List.of(
            "-drive",
            "if=none,id=card,format=raw,cache=writeback," + controller().drive(),
            "-device",
            "virtio-blk-pci,drive=card,bootindex=0"));
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

  /** Power fails; so what the box did not flush is on the card or is not. */
  void pullPlug() throws InterruptedException, IOException {
    if (vm.isPresent()) {
      vm.get().close();
      vm = Optional.empty();
    }
    if (controller.isPresent()) {
      controller.get().close();
      controller = Optional.empty();
    }
  }

  /** The board, while it is on. */
  Vm machine() {
    return vm.orElseThrow();
  }

  /** The card's electronics, until their power fails. */
  CardController controller() throws IOException {
    if (controller.isEmpty()) {
      controller = Optional.of(new CardController(card.file(), random));
    }
    return controller.get();
  }

  /** The same chance for all that happens by chance. */
  Random random() {
    return random;
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
    lease(1, patience);
    return Duration.ofNanos(System.nanoTime() - askedNs);
  }

  /**
   * The same for one of several machines.
   *
   * @param machine its number, 1-99
   * @return what it is given by whom: {@code 10.75.0.130 of 10.75.0.1}
   */
  String lease(int machine, Duration patience) {
    AtomicReference<String> given = new AtomicReference<>("");
    Peer.await(
        "somebody gives out addresses",
        patience,
        () -> {
          Matcher matcher = LEASE.matcher(atDesk(UDHCPC.formatted(machine).split(" ")).output());
          if (matcher.find()) {
            given.set(matcher.group(1) + " of " + matcher.group(2));
          }
          return !given.get().isEmpty();
        });
    return given.get();
  }

  String url() {
    return "http://" + address;
  }

  /**
   * Fetches what a machine with U-Boot fetches first, which has {@link #PXE_BOOT} in it.
   *
   * @param scheme by what: {@code tftp} or {@code http}
   */
  Peer.Outcome bootScript(String scheme) {
    String folder = scheme.equals("tftp") ? "/" : "/boot/";
    return atDesk("curl", "-sSf", "-m", "60", scheme + "://" + address + folder + "boot.scr.uimg");
  }

  /** Waits until every service of it answers, from this slot. */
  String awaitSound(String slot, Duration patience) {
    return awaitStatus(
        "the box is sound in slot " + slot,
        patience,
        text -> isSound(text) && word(SLOT, text).equals(slot));
  }

  /** Waits until every service of it answers, from whichever slot. */
  String awaitSound(Duration patience) {
    return awaitStatus("the box is sound", patience, FlashedBox::isSound);
  }

  /** Whether every service of it answers, by an answer of {@link #status}. */
  static boolean isSound(String status) {
    return SOUND.matcher(status).find();
  }

  /** Waits until its card says that this slot is good, and no other one is tried. */
  void awaitConfirmed(String slot, Duration patience) {
    Peer.await(
        "slot " + slot + " is confirmed",
        patience,
        () -> card.slots().equals(Map.of("good", slot, "next", "", "tries", "")));
  }

  /** Waits until it says something of itself. */
  String awaitStatus(String what, Duration patience, Predicate<String> wanted) {
    AtomicReference<String> said = new AtomicReference<>("");
    Peer.await(
        what,
        patience,
        () -> {
          said.set(status().orElse(""));
          return wanted.test(said.get());
        });
    return said.get();
  }

  /** The workstation's command that updates it. */
  List<String> updateBy(Path file, String secret) {
    return desk.command(
        Program.kobako("update", file.toString(), "--box", url(), "--secret", secret)
            .toArray(String[]::new));
  }

  /**
   * Memory in an answer of {@link #status}, in KiB.
   *
   * @param what {@code resident} or {@code private}, of the box process; {@code available}
   */
  static long kib(String what, String status) {
    return Long.parseLong(word(Pattern.compile("\"" + what + "-kib\"\\s*:\\s*(\\d+)"), status));
  }

  /** The same of all three, for people. */
  static String memory(String status) {
    return "KiB resident %d, private %d, available %d"
        .formatted(kib("resident", status), kib("private", status), kib("available", status));
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
  public void close() throws InterruptedException, IOException {
    pullPlug();
    if (ownsNetwork) {
      network.close();
    }
  }
}
