package org.kobako.dhcp.packet;

/** A datagram that is no DHCP request which can be answered; nobody answers it. */
public final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1;

  /** Without a stack trace: whoever sends many of them shall not cost more than others. */
  MalformedPacketException(String message) {
    super(message, null, false, false);
  }
}
