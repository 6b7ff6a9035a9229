package org.kobako.tftp;

/**
 * One transfer's state: which packets were sent, which the machine has, and when to send again. No
 * sockets, no files; the caller passes the time in.
 *
 * <p>Packets are numbered from the start, without the wire's wrap at 65536: 0 is the OACK, 1 the
 * first DATA. A transfer without options begins at 1.
 *
 * <pre>
 *   OPENING -- first ACK --> SENDING -- ACK of the last packet --> DONE
 *      |                        |
 *      +--- give-up time -------+----------------------> GIVEN_UP
 * </pre>
 *
 * <p>Sent again is always the whole window, from the packet after the last ACK:
 *
 * <ul>
 *   <li>when no ACK came for the retransmission time, which then doubles;
 *   <li>when an ACK names a packet in the middle of the window: what followed it was lost (RFC 7440
 *       section 4);
 *   <li>when an ACK is repeated and the window is larger than 1: its first packet was lost. Not if
 *       what it names was sent twice, as the repetition may answer the second copy: two copies of
 *       everything would follow to the end of the file (the Sorcerer's Apprentice, RFC 1123 section
 *       4.2.3.1). With a window of 1 a repeated ACK is never answered.
 * </ul>
 */
final class Transfer {
  enum State {
    /** The machine has not answered; its address may be forged. */
    OPENING,
    SENDING,
    DONE,
    GIVEN_UP
  }

  /** Instead of a packet's number: there is nothing to send now. */
  static final long NOTHING = -1;

  static final long OPTIONS = 0;

  /** Until the machine has answered, one packet is sent at most three times. */
  static final int MAX_OPENING_RETRANSMISSIONS = 2;

  /** The retransmission time doubles so many times. */
  private static final int MAX_DOUBLINGS = 3;

  private final long last;
  private final int windowPackets;
  private final long retransmitNs;
  private final long giveUpNs;

  private State state = State.OPENING;
  private long acked;
  private long sent;

  /** The packets up to here were sent at least once. */
  private long everSent;

  /** The packets up to here may have been sent twice. */
  private long sentTwice;

  private int retransmissions;
  private long lastSentNs;
  private long lastProgressNs;

  Transfer(Terms terms, TftpConfig config, long nowNs) {
    this.last = terms.packets();
    this.windowPackets = terms.windowPackets();
    int timeoutSeconds = terms.agreed().timeoutSeconds();
    this.retransmitNs =
        timeoutSeconds == 0 ? config.retransmitAfter().toNanos() : timeoutSeconds * 1_000_000_000L;
    this.giveUpNs = config.giveUpAfter().toNanos();
    this.acked = terms.hasOptions() ? OPTIONS - 1 : OPTIONS;
    this.sent = acked;
    this.everSent = acked;
    this.sentTwice = acked - 1;
    this.lastSentNs = nowNs;
    this.lastProgressNs = nowNs;
  }

  State state() {
    return state;
  }

  /** When the machine's last answer came that moved the transfer on, or the request. */
  long lastProgressNs() {
    return lastProgressNs;
  }

  /** Whether it will send no more. */
  boolean isOver() {
    return state == State.DONE || state == State.GIVEN_UP;
  }

  /** The number of the packet that is to be sent now, which is then taken for sent. */
  long next(long nowNs) {
    if (isOver() || sent >= last || sent - acked >= window()) {
      return NOTHING;
    }
    sent++;
    everSent = Math.max(everSent, sent);
    lastSentNs = nowNs;
    return sent;
  }

  /** Nothing but the OACK, or the DATA after it, is on its way before it is answered. */
  private int window() {
    return acked < OPTIONS ? 1 : windowPackets;
  }

  /** An ACK from the machine; those that name nothing on its way are ignored. */
  void ack(int number16, long nowNs) {
    int ahead = (number16 - (int) acked) & 0xffff;
    if (isOver() || ahead > everSent - acked) {
      return;
    }
    if (ahead == 0) {
      if (windowPackets > 1 && state == State.SENDING && acked > sentTwice) {
        sendAgain();
      }
      return;
    }
    acked += ahead;
    lastProgressNs = nowNs;
    retransmissions = 0;
    state = acked == last ? State.DONE : State.SENDING;
    if (acked < everSent) {
      sendAgain();
    } else {
      sent = acked;
    }
  }

  /** The machine asked once more for what was not answered yet: the answer was lost. */
  void askedAgain() {
    if (state == State.OPENING) {
      sendAgain();
    }
  }

  void tick(long nowNs) {
    if (isOver()) {
      return;
    }
    if (nowNs - lastProgressNs >= giveUpNs) {
      state = State.GIVEN_UP;
      return;
    }
    boolean mayRetransmit = state == State.SENDING || retransmissions < MAX_OPENING_RETRANSMISSIONS;
    if (mayRetransmit
        && nowNs - lastSentNs >= retransmitNs << Math.min(retransmissions, MAX_DOUBLINGS)) {
      retransmissions++;
      sendAgain();
    }
  }

  private void sendAgain() {
    sentTwice = everSent;
    sent = acked;
  }
}
