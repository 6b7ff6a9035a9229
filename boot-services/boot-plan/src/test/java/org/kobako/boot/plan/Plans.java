package org.kobako.boot.plan;

import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A box, a machine and a planner for tests. */
final class Plans {
  static final BoxAddress BOX = new BoxAddress(address(), 8080);
  static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56").orElseThrow();

  private Plans() {}

  static BootPlanner planner() {
    return new BootPlanner(BootRules.NONE, BOX);
  }

  static Machine machine(Architecture architecture, MachineFirmware firmware) {
    return new Machine(MAC, architecture, firmware);
  }

  private static Inet4Address address() {
    try {
      return (Inet4Address) InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }
}
