package org.kobako.block.client.resolve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which DNS servers are asked: some that were named, or those of the system as they are now. */
public final class NameServers {
  /** Further ones are passed over. */
  static final int MAX_SERVERS = 4;

  private static final int DNS_PORT = 53;
  private static final String LINE = "nameserver";

  private final List<InetSocketAddress> named;
  private final @Nullable Path file;

  private NameServers(List<InetSocketAddress> named, @Nullable Path file) {
    this.named = List.copyOf(named.subList(0, Math.min(MAX_SERVERS, named.size())));
    this.file = file;
  }

  /** Those of {@code /etc/resolv.conf}, which DHCP writes anew from time to time. */
  public static NameServers ofSystem() {
    return in(Path.of("/etc/resolv.conf"));
  }

  static NameServers in(Path resolvConf) {
    return new NameServers(List.of(), resolvConf);
  }

  /**
   * Reads {@code ADDRESS[:PORT][,...]}, an IPv6 address before a port in brackets.
   *
   * @throws IllegalArgumentException if it is anything else, with what is expected
   */
  public static NameServers parse(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      servers.add(parseOne(word));
    }
    if (servers.size() > MAX_SERVERS) {
      throw new IllegalArgumentException(
          servers.size() + " resolvers are refused: expected 1-" + MAX_SERVERS);
    }
    return new NameServers(servers, null);
  }

  private static InetSocketAddress parseOne(String word) {
    int colon = word.lastIndexOf(':');
    boolean hasPort = colon >= 0 && (word.indexOf(':') == colon || word.startsWith("]", colon - 1));
    try {
      int port = hasPort ? Integer.parseInt(word.substring(colon + 1)) : DNS_PORT;
      String address = hasPort ? word.substring(0, colon) : word;
      boolean bracketed = address.startsWith("[") && address.endsWith("]");
      return new InetSocketAddress(
          InetAddress.ofLiteral(bracketed ? address.substring(1, address.length() - 1) : address),
          port);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "resolver '" + word + "' is refused: expected ADDRESS[:PORT], IPv6 as [ADDRESS]:PORT", e);
    }
  }

  /** At this moment; empty where there are none. */
  public List<InetSocketAddress> now() {
    return file == null ? named : read(file);
  }

  /**
   * A few lines, read anew for each name: they are there whole, as they are renamed into place. A
   * line that is malformed is passed over.
   */
  private static List<InetSocketAddress> read(Path resolvConf) {
    try {
      return Files.readString(resolvConf, StandardCharsets.ISO_8859_1)
          .lines()
          .map(line -> line.strip().split("\\s+", 3))
          .filter(words -> words.length > 1 && words[0].equals(LINE))
          .flatMap(words -> server(words[1]))
          .limit(MAX_SERVERS)
          .toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private static Stream<InetSocketAddress> server(String address) {
    try {
      return Stream.of(new InetSocketAddress(InetAddress.ofLiteral(address), DNS_PORT));
    } catch (IllegalArgumentException malformed) {
      return Stream.empty();
    }
  }
}
