package org.kobako.boot.plan;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Several boxes, by a name that leads each machine to the best of them.
 *
 * @param zone such as {@code boot.kobako}
 * @param dnsPort of all their DNS servers
 * @param resolvers the DNS servers that are there now, the one to ask first before the others
 */
public record RoomNames(String zone, int dnsPort, Supplier<List<InetAddress>> resolvers) {
  private static final int DEFAULT_DNS_PORT = 53;

  /** Where a machine reads its first disk. */
  String url(BoxAddress box) {
    return box.url("disk1." + zone);
  }

  /** {@code 10.75.0.1,10.75.0.2}. */
  String resolverWords() {
    String port = dnsPort == DEFAULT_DNS_PORT ? "" : ":" + dnsPort;
    return resolvers.get().stream()
        .map(address -> address.getHostAddress() + port)
        .collect(Collectors.joining(","));
  }
}
