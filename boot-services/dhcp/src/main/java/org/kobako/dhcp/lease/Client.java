package org.kobako.dhcp.lease;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.packet.ClientId;
import org.kobako.dhcp.packet.DhcpPacket;

/**
 * Whom an address belongs to: a machine, or one of the systems on it.
 *
 * @param id its client identifier; null if it has none, or one that only repeats the MAC address
 */
public record Client(MacAddress mac, @Nullable ClientId id) {
  public static Client of(DhcpPacket packet) {
    MacAddress mac = packet.mac();
    ClientId id = packet.clientId();
    return new Client(mac, id == null || id.isOf(mac) ? null : id);
  }

  /**
   * Whether the two are one client. RFC 2131 section 4.2 goes by the identifier where there is one.
   * Where one of the two has none, as firmware on a machine whose system has one, the MAC address
   * decides: so a machine keeps its address from power-on to login.
   */
  public boolean isSame(Client other) {
    return id == null || other.id == null ? mac.equals(other.mac) : Objects.equals(id, other.id);
  }
}
