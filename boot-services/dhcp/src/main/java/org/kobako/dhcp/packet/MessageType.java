package org.kobako.dhcp.packet;

import java.util.Optional;

/** What a message is, option 53 (RFC 2132 section 9.6). */
public enum MessageType {
  DISCOVER,
  OFFER,
  REQUEST,
  DECLINE,
  ACK,
  NAK,
  RELEASE,
  INFORM;

  private static final MessageType[] VALUES = values();

  byte code() {
    return (byte) (ordinal() + 1);
  }

  static Optional<MessageType> ofCode(int code) {
    return code >= 1 && code <= VALUES.length ? Optional.of(VALUES[code - 1]) : Optional.empty();
  }
}
