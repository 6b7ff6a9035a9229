package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.testing.Peer;

/**
 * An Ethernet segment of its own, with nothing on it but what a test plugs in: a bridge in a
 * network namespace, a tap per machine, and a namespace joined by a cable per box.
 *
 * <pre>
 * kobako-PID-N-wire                                  kobako-PID-N-NAME
 *   switch (bridge) -- tap1, tap2 ...: machines
 *                   -- NAME ------------------------ eth0: a box
 * </pre>
 *
 * What passes is kept in {@code wire.pcap}: DHCP, TFTP requests, DNS, ARP, and of TCP the begin,
 * the end, the HTTP requests, and how a box's packets begin: the appliance's TraceFromPackets makes
 * a boot trace of it. Namespaces carry their owner's process id: those of a test run that was
 * killed are removed, with the processes in them, when the next network is opened.
 */
final class Network implements AutoCloseable {
  private static final String SWITCH = "switch";

  /** Ethernet's 14 bytes and IP's 20 are behind tcpdump's back: it knows its way to TCP. */
  private static final String CAPTURED =
      "arp or icmp or icmp6 or port 67 or port 68 or port 69 or port 4011 or port 53"
          + " or tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0"
          + " or tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420" // "GET "
          + " or tcp[((tcp[12] & 0xf0) >> 2):4] = 0x48454144" // "HEAD"
          + " or tcp src port 8080"; // answers of a box

  private static final Pattern OURS = Pattern.compile("kobako-(?<owner>\\d+)-\\d+-\\w+");
  private static final AtomicInteger NETWORKS = new AtomicInteger();

  private final String prefix;
  private final List<String> namespaces = new ArrayList<>();
  private final Process capture;
  private int taps;

  /** An end of a cable, which can be pulled out. */
  record Plug(String namespace, String device) {
    /** The other end sees its link go down; what it sends is lost. */
    void pull() {
      ip("-n", namespace, "link", "set", device, "down");
    }

    void putBack() {
      ip("-n", namespace, "link", "set", device, "up");
    }
  }

  /**
   * A computer on the network that is no machine.
   *
   * @param plug its end at the switch
   */
  record Host(String namespace, Plug plug) {
    /** A command that is run there, and ends when this VM does. */
    List<String> command(String... words) {
      return inside(namespace, List.of(words));
    }
  }

  private Network(Path logs) throws IOException {
    prefix = "kobako-" + ProcessHandle.current().pid() + "-" + NETWORKS.incrementAndGet() + "-";
    String wire = addNamespace("wire");
    ip("-n", wire, "link", "add", SWITCH, "type", "bridge", "stp_state", "0", "forward_delay", "0");
    ip("-n", wire, "link", "set", SWITCH, "up");
    Path words = logs.resolve("tcpdump.log");
    capture =
        Peer.start(
            words,
            inside(
                wire,
                List.of(
                    "tcpdump",
                    "--immediate-mode",
                    "-Z",
                    "root",
                    "-Un",
                    "-s",
                    "1600",
                    "-i",
                    SWITCH,
                    "-w",
                    logs.resolve("wire.pcap").toString(),
                    CAPTURED)));
    Peer.await(
        "tcpdump listens",
        Duration.ofSeconds(30),
        () -> Files.readString(words).contains("listening on") || !capture.isAlive());
    if (!capture.isAlive()) {
      throw new AssertionError("tcpdump ended: " + Files.readString(words));
    }
  }

  /**
   * Makes a network without anybody on it.
   *
   * @param logs where its captured packets go
   */
  static Network open(Path logs) throws IOException {
    reapStale();
    return new Network(logs);
  }

  /** Puts a computer on it, by a cable. */
  Host join(String name, String addressAndPrefix) {
    Host host = join(name);
    ip("-n", host.namespace, "address", "add", addressAndPrefix, "dev", "eth0");
    return host;
  }

  /** The same for one that has no address yet. */
  Host join(String name) {
    String wire = wire();
    String namespace = addNamespace(name);
    ip("-n", wire, "link", "add", name, "type", "veth", "peer", "eth0", "netns", namespace);
    ip("-n", wire, "link", "set", name, "master", SWITCH, "up");
    ip("-n", namespace, "link", "set", "eth0", "up");
    return new Host(namespace, new Plug(wire, name));
  }

  /** A socket for a machine's cable. */
  Plug tap() {
    String tap = "tap" + ++taps;
    ip("-n", wire(), "tuntap", "add", tap, "mode", "tap");
    ip("-n", wire(), "link", "set", tap, "master", SWITCH, "up");
    return new Plug(wire(), tap);
  }

  /**
   * A socket for the second cable of a machine that has its first one in this network: it leads to
   * another.
   */
  Plug tap(Network other) {
    String tap = "tap" + ++taps;
    String crossing = "crossing" + taps;
    ip("-n", wire(), "link", "add", crossing, "type", "bridge", "forward_delay", "0");
    ip("-n", wire(), "link", "set", crossing, "up");
    ip("-n", wire(), "tuntap", "add", tap, "mode", "tap");
    ip("-n", wire(), "link", "set", tap, "master", crossing, "up");
    String cable = "cable" + taps;
    ip("-n", wire(), "link", "add", cable, "type", "veth", "peer", cable, "netns", other.wire());
    ip("-n", wire(), "link", "set", cable, "master", crossing, "up");
    ip("-n", other.wire(), "link", "set", cable, "master", SWITCH, "up");
    return new Plug(wire(), tap);
  }

  /**
   * A command in a namespace, under its own process id. It is killed when the thread that starts it
   * ends: a test run that is killed leaves no machine behind.
   */
  static List<String> inside(String namespace, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", namespace));
    all.addAll(command);
    return all;
  }

  /** Stops the capture and removes the namespaces. */
  @Override
  public void close() {
    Peer.stop(capture);
    namespaces.reversed().forEach(Network::remove);
  }

  private String wire() {
    return namespaces.getFirst();
  }

  private String addNamespace(String name) {
    String namespace = prefix + name;
    ip("netns", "add", namespace);
    namespaces.add(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    return namespace;
  }

  /** Removes the namespaces whose owner is gone. */
  private static synchronized void reapStale() {
    ip("netns", "list")
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(name -> owner(name).filter(pid -> ProcessHandle.of(pid).isEmpty()).isPresent())
        .forEach(Network::remove);
  }

  private static Optional<Long> owner(String namespace) {
    Matcher ours = OURS.matcher(namespace);
    return ours.matches() ? Optional.of(Long.valueOf(ours.group("owner"))) : Optional.empty();
  }

  /** Ends what runs in a namespace, and takes its name away; its devices go with it. */
  private static void remove(String namespace) {
    ip("netns", "pids", namespace)
        .lines()
        .map(Long::valueOf)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .forEach(ProcessHandle::destroyForcibly);
    ip("netns", "delete", namespace);
  }

  private static String ip(String... words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Peer.Outcome outcome = Peer.run(command);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed: " + outcome.output().strip());
    }
    return outcome.output();
  }
}
