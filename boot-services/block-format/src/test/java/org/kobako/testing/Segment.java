package org.kobako.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** An Ethernet segment of network namespaces around a bridge. Needs root. */
public final class Segment implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** A namespace with an interface {@code eth0} on the segment. */
  public record Host(String namespace) {
    /** A command as it is run there. */
    public List<String> command(String... words) {
      return command(List.of(words));
    }

    public List<String> command(List<String> words) {
      List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      command.addAll(words);
      return command;
    }

    public Peer.Outcome run(String... words) {
      return Peer.run(command(words));
    }

    public String mac() {
      return run("cat", "/sys/class/net/eth0/address").succeeded().strip();
    }

    public void setMac(String mac) {
      run("ip", "link", "set", "eth0", "address", mac).succeeded();
    }

    /** Gives it an address, one more if it has one. */
    public void address(String cidr) {
      run("ip", "address", "replace", cidr, "dev", "eth0").succeeded();
    }
  }

  private final String prefix =
      "kb" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
  private final String bridge = prefix + "-sw";
  private final List<String> namespaces = new ArrayList<>();

  /** The bridge's end of the cable of each namespace's {@code eth0}. */
  private final Map<String, String> ports = new HashMap<>();

  public Segment() {
    addNamespace(bridge);
    ip("-n", bridge, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    ip("-n", bridge, "link", "set", "br0", "up");
  }

  /** A machine without an address. */
  public Host machine() {
    String namespace = prefix + "-" + namespaces.size();
    addNamespace(namespace);
    ports.put(namespace, plug(namespace, "eth0"));
    return new Host(namespace);
  }

  /** One with an address. */
  public Host host(String cidr) {
    Host host = machine();
    host.address(cidr);
    return host;
  }

  /** Takes a machine's cable out, so that packets vanish both ways, or puts it back. */
  public void cable(Host host, boolean isIn) {
    String port = Objects.requireNonNull(ports.get(host.namespace), "a host of this segment");
    ip("-n", bridge, "link", "set", port, isIn ? "up" : "down");
  }

  /** A further interface of a host of another segment on this one. */
  public void plug(Host host, String device, String cidr) {
    plug(host.namespace, device);
    ip("-n", host.namespace, "address", "add", cidr, "dev", device);
  }

  private String plug(String namespace, String device) {
    String port = "p" + NUMBERS.incrementAndGet();
    ip(
        "-n", bridge, "link", "add", port, "type", "veth", "peer", "name", device, "netns",
        namespace);
    ip("-n", bridge, "link", "set", port, "master", "br0", "up");
    ip("-n", namespace, "link", "set", device, "up");
    return port;
  }

  private void addNamespace(String namespace) {
    ip("netns", "add", namespace);
    namespaces.add(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
  }

  private static void ip(String... words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Peer.run(command).succeeded();
  }

  @Override
  public void close() {
    namespaces.reversed().forEach(namespace -> Peer.run("ip", "netns", "delete", namespace));
  }
}
