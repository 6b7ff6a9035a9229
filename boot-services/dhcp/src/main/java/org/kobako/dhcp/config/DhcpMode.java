package org.kobako.dhcp.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What part a box plays in giving machines addresses and boot files. */
public enum DhcpMode {
  /** Asks at start whether somebody else gives out addresses: if so {@link #PROXY}. */
  AUTO,
  /** Gives out addresses and boot files. */
  SERVER,
  /** Gives out boot files beside somebody else's server, and no addresses. */
  PROXY;

  /** As in the configuration: {@code auto}, {@code server}, {@code proxy}. */
  public static DhcpMode of(String name) {
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "dhcp mode '%s' is refused: allowed are %s"
                    .formatted(
                        name,
                        Arrays.stream(values())
                            .map(DhcpMode::toString)
                            .collect(Collectors.joining(", ")))));
  }

  @Override
  public String toString() {
    return switch (this) {
      case AUTO -> "auto";
      case SERVER -> "server";
      case PROXY -> "proxy";
    };
  }
}
