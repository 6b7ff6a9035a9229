package org.kobako.appliance.box;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dns.DnsConfig;

/** The resolvers that this machine asks itself; they may change at any time. */
final class OwnResolvers {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final String KEYWORD = "nameserver";

  private OwnResolvers() {}

  /** As resolv.conf(5) has them now; none if it has none that can be read. */
  static List<InetSocketAddress> ofThisMachine() {
    try (Stream<String> lines = Files.lines(RESOLV_CONF)) {
      return lines
          .map(line -> line.strip().split("\\s+", 3))
          .filter(words -> words.length > 1 && words[0].equals(KEYWORD))
          .flatMap(words -> address(words[1]))
          .toList();
    } catch (IOException | UncheckedIOException none) {
      return List.of();
    }
  }

  private static Stream<InetSocketAddress> address(String literal) {
    try {
      return Stream.of(at(InetAddress.ofLiteral(literal)));
    } catch (IllegalArgumentException notOne) {
      return Stream.empty();
    }
  }

  static List<InetSocketAddress> of(List<Ipv4Address> addresses) {
    return addresses.stream().map(address -> at(address.toInet())).toList();
  }

  private static InetSocketAddress at(InetAddress address) {
    return new InetSocketAddress(address, DnsConfig.USUAL_PORT);
  }
}
