package org.kobako.dhcp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.kobako.testing.Peer;

/** An Ethernet segment of network namespaces around a bridge. Needs root. */
final class Segment implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** A namespace with an interface {@code eth0} on the segment. */
  record Host(String namespace) {
    List<String> command(String... words) {
      List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      command.addAll(List.of(words));
      return command;
    }

    Peer.Outcome run(String... words) {
      return Peer.run(command(words));
    }

    String mac() {
      return run("cat", "/sys/class/net/eth0/address").succeeded().strip();
    }

    void address(String cidr) {
      run("ip", "address", "replace", cidr, "dev", "eth0").succeeded();
    }
  }

  private final String prefix =
      "kb" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
  private final String bridge = prefix + "-sw";
  private final List<String> namespaces = new ArrayList<>();

  Segment() {
    addNamespace(bridge);
    ip("-n", bridge, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    ip("-n", bridge, "link", "set", "br0", "up");
  }

  /** A machine without an address. */
  Host machine() {
    String namespace = prefix + "-" + namespaces.size();
    addNamespace(namespace);
    plug(namespace, "eth0");
    return new Host(namespace);
  }

  Host host(String cidr) {
    Host host = machine();
    host.address(cidr);
    return host;
  }

  /** A further interface of a host of another segment on this one. */
  void plug(Host host, String device, String cidr) {
    plug(host.namespace, device);
    ip("-n", host.namespace, "address", "add", cidr, "dev", device);
  }

  private void plug(String namespace, String device) {
    String port = "p" + NUMBERS.incrementAndGet();
    ip(
        "-n", bridge, "link", "add", port, "type", "veth", "peer", "name", device, "netns",
        namespace);
    ip("-n", bridge, "link", "set", port, "master", "br0", "up");
    ip("-n", namespace, "link", "set", device, "up");
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
