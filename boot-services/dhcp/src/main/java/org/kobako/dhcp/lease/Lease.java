package org.kobako.dhcp.lease;

import org.kobako.dhcp.address.Ipv4Address;

/**
 * What is known of one address.
 *
 * @param since when this began, in seconds since 1970
 * @param expires when it ends, likewise
 */
public record Lease(Ipv4Address address, Client client, Kind kind, long since, long expires) {
  /** How an address came into a client's hands, or out of them. */
  public enum Kind {
    /** The client has it from us. */
    BOUND,
    /** It gave it back. */
    RELEASED,
    /** Somebody else has it: the client, or our own probe, found it in use. */
    DECLINED,
    /** The client was heard to take it from another box. */
    HEARD,
    /** The client has it from another box, in whose place we prolonged it; since the first time. */
    LENT
  }

  public boolean isExpired(long now) {
    return now >= expires;
  }

  /** Whether somebody may be using the address as his own now. */
  public boolean isHeld(long now) {
    return kind != Kind.RELEASED && !isExpired(now);
  }

  public boolean isOf(Client other) {
    return client.isSame(other);
  }
}
