package org.kobako.heartbeat;

/** A datagram that is no heartbeat of this room; counted, and nothing changes by it. */
final class RefusedHeartbeatException extends Exception {
  private static final long serialVersionUID = 1;

  /** What it is counted as. */
  enum Why {
    FORGED,
    MALFORMED
  }

  private final Why why;

  RefusedHeartbeatException(Why why, String message) {
    super(message, null, false, false); // an attacker may send many: no stack traces
    this.why = why;
  }

  Why why() {
    return why;
  }
}
