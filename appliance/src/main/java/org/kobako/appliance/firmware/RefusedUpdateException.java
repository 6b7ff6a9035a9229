package org.kobako.appliance.firmware;

/** An update that is not taken; the slot that runs, and what is started next, are as before. */
public final class RefusedUpdateException extends Exception {
  private static final long serialVersionUID = 1;

  /** What the sender does next. */
  public enum Reason {
    /** Not an update, or not whole: send the right file. */
    MALFORMED,
    /** Its header, or its bytes, are not what the trusted key signed. */
    NOT_SIGNED,
    /** For another kind of box, or not newer than what runs. */
    NOT_FOR_THIS_BOX,
    /** Longer than the slot's partitions. */
    TOO_LONG,
    /** Another update is under way: wait for it. */
    BUSY,
    /** The slot cannot be written: look after the card. */
    DISK
  }

  private final Reason reason;

  RefusedUpdateException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  RefusedUpdateException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
