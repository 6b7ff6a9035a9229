package org.kobako.dhcp.lease;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.ClientId;

/**
 * The last lease of each address, in memory, by address and by client. As large as the pools and
 * reservations, whose addresses are the only ones that callers put. Guarded by the service.
 */
public final class LeaseTable {
  private final Map<Ipv4Address, Lease> byAddress = new HashMap<>();
  private final Map<MacAddress, Lease> byMac = new HashMap<>();
  private final Map<ClientId, Lease> byId = new HashMap<>();

  /** Replaces what was known of the address, and returns it. */
  public @Nullable Lease put(Lease lease) {
    Lease before = remove(lease.address());
    byAddress.put(lease.address(), lease);
    if (lease.kind() != Lease.Kind.DECLINED) {
      byMac.put(lease.client().mac(), lease);
      if (lease.client().id() != null) {
        byId.put(lease.client().id(), lease);
      }
    }
    return before;
  }

  /** Forgets an address, and returns what was known of it. */
  public @Nullable Lease remove(Ipv4Address address) {
    Lease lease = byAddress.remove(address);
    if (lease != null) {
      byMac.remove(lease.client().mac(), lease);
      if (lease.client().id() != null) {
        byId.remove(lease.client().id(), lease);
      }
    }
    return lease;
  }

  public @Nullable Lease at(Ipv4Address address) {
    return byAddress.get(address);
  }

  /** The client's latest lease, of any kind but a declined one. */
  public Optional<Lease> of(Client client) {
    Lease lease = client.id() == null ? null : byId.get(client.id());
    if (lease == null) {
      lease = byMac.get(client.mac());
    }
    return Optional.ofNullable(lease).filter(found -> found.isOf(client));
  }

  public int size() {
    return byAddress.size();
  }

  /** All of them as they are now. */
  public Collection<Lease> copy() {
    return List.copyOf(byAddress.values());
  }
}
