package org.kobako.appliance.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.CommandFailedException;

/**
 * An Ethernet segment of its own: a bridge in a network namespace, and a namespace joined to it by
 * a cable for each computer. Needs root.
 *
 * <p>Namespaces carry their owner's process id: those of an owner that was killed are removed, with
 * the processes in them, when the next network is opened.
 */
public final class Network implements AutoCloseable {
  private static final String SWITCH = "switch";
  private static final String DEVICE = "eth0";
  private static final String PREFIX_LENGTH = "/16";

  /**
   * As long as a network card's, 1000 packets (txqueuelen), or the box would lose packets before
   * they are on the wire, which no card does, and wait for TCP's timeouts.
   */
  private static final String QUEUE = "1500kb";

  private static final Pattern OURS =
      Pattern.compile("kobako-(?<owner>\\d+)-(wire|box\\d+|machine)");

  private final String prefix = "kobako-" + ProcessHandle.current().pid() + "-";
  private final List<String> namespaces = new ArrayList<>();

  /**
   * A computer on the network.
   *
   * @param port its cable's end at the switch
   */
  public record Host(String namespace, String address, String wire, String port) {
    /**
     * What a command is put behind to run there, under its own process id and with everybody's
     * mounts, which {@code ip netns exec} would not show it. It is ended when the thread that
     * starts it ends.
     */
    public List<String> prefix() {
      return List.of("setpriv", "--pdeathsig", "TERM", "nsenter", "--net=/run/netns/" + namespace);
    }

    /** Packets vanish both ways; the host sees its link go down. */
    public void pullCable() throws IOException, InterruptedException {
      ip("-n", wire, "link", "set", port, "down");
    }

    public void plugCable() throws IOException, InterruptedException {
      ip("-n", wire, "link", "set", port, "up");
    }

    /** Gives it one more address, as if another computer were at its place. */
    public void addAddress(String more) throws IOException, InterruptedException {
      ip("-n", namespace, "address", "add", more + PREFIX_LENGTH, "dev", DEVICE);
    }

    /** Limits what it sends; what comes in is not limited. */
    public void limit(String rate) throws IOException, InterruptedException {
      Tool.run(
          "tc", "-n", namespace, "qdisc", "add", "dev", DEVICE, "root", "tbf", "rate", rate,
          "burst", "64kb", "limit", QUEUE);
    }
  }

  private Network() {}

  /**
   * Whether there can be one here.
   *
   * @param suite who wants it, for people
   * @throws CommandFailedException if not, with the reason
   */
  public static void requireRoot(String suite) throws IOException, CommandFailedException {
    if (!System.getProperty("os.name", "").equals("Linux")
        || (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
      throw new CommandFailedException(
          suite + " makes network namespaces, which only root on Linux may: run it as root");
    }
    for (String program : List.of("ip", "tc", "nsenter", "setpriv")) {
      if (!Tool.isInstalled(program)) {
        throw new CommandFailedException(
            suite + " needs " + program + ": install iproute2 and util-linux");
      }
    }
  }

  /** Makes one without anybody on it. */
  public static Network open() throws IOException, InterruptedException {
    removeStale();
    Network network = new Network();
    try {
      String wire = network.addNamespace("wire");
      ip("-n", wire, "link", "add", SWITCH, "type", "bridge", "forward_delay", "0");
      ip("-n", wire, "link", "set", SWITCH, "up");
      return network;
    } catch (IOException e) {
      network.close();
      throw e;
    }
  }

  /** Puts a computer on it. */
  public Host join(String name, String address) throws IOException, InterruptedException {
    String wire = namespaces.getFirst();
    String namespace = addNamespace(name);
    ip("-n", wire, "link", "add", name, "type", "veth", "peer", DEVICE, "netns", namespace);
    ip("-n", wire, "link", "set", name, "master", SWITCH, "up");
    ip("-n", namespace, "address", "add", address + PREFIX_LENGTH, "dev", DEVICE);
    ip("-n", namespace, "link", "set", DEVICE, "up");
    return new Host(namespace, address, wire, name);
  }

  private String addNamespace(String name) throws IOException, InterruptedException {
    String namespace = prefix + name;
    ip("netns", "add", namespace);
    namespaces.add(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    return namespace;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    while (!namespaces.isEmpty()) {
      remove(namespaces.removeLast());
    }
  }

  private static void removeStale() throws IOException, InterruptedException {
    for (String line : ip("netns", "list").lines().toList()) {
      String namespace = line.split(" ", 2)[0];
      if (owner(namespace).filter(pid -> ProcessHandle.of(pid).isEmpty()).isPresent()) {
        remove(namespace);
      }
    }
  }

  private static Optional<Long> owner(String namespace) {
    Matcher ours = OURS.matcher(namespace);
    return ours.matches() ? Optional.of(Long.valueOf(ours.group("owner"))) : Optional.empty();
  }

  /** Ends what runs in a namespace and takes its name away; its devices go with it. */
  private static void remove(String namespace) throws IOException, InterruptedException {
    ip("netns", "pids", namespace)
        .lines()
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
        .forEach(ProcessHandle::destroyForcibly);
    ip("netns", "delete", namespace);
  }

  private static String ip(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    return Tool.run(null, command);
  }
}
