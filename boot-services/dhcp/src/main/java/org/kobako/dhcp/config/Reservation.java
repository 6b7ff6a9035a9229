package org.kobako.dhcp.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;

/**
 * An address that is one machine's for ever; inside or outside the pool.
 *
 * @param hostName what the machine is told that it is called
 */
public record Reservation(MacAddress mac, Ipv4Address address, Optional<String> hostName) {
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,62}");

  public Reservation {
    hostName
        .filter(name -> !HOST_NAME.matcher(name).matches())
        .ifPresent(name -> {
          throw new IllegalArgumentException(
              "host name '" + name + "' is refused: use at most 63 of a-z A-Z 0-9 -");
        });
  }

  public static Reservation of(MacAddress mac, Ipv4Address address) {
    return new Reservation(mac, address, Optional.empty());
  }
}
