package org.kobako.dhcp.service;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.kobako.dhcp.lease.Lease;
import org.kobako.dhcp.packet.MessageType;

/** What is to be done about a request. */
public sealed interface Answer {
  /** Nothing, for a reason. */
  record Silence(String why) implements Answer {}

  /**
   * Send this at once.
   *
   * @param bytes from position to limit
   */
  record Reply(MessageType type, ByteBuffer bytes, Destination destination) implements Answer {}

  /** A lease that is to be written down. */
  sealed interface Written extends Answer {
    Lease lease();
  }

  /**
   * Send the ACK when the lease is on the disk; if it cannot get there, say so to {@link
   * LeaseService#undo}.
   *
   * @param before what was known of the address until now
   */
  record Grant(Lease lease, @Nullable Lease before, Reply ack) implements Written {}

  /** Write the lease down some time; nobody waits for it. */
  record Note(Lease lease) implements Written {}
}
