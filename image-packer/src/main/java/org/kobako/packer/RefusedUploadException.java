package org.kobako.packer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What an uploader sent is not taken; the store's images are as before. */
public final class RefusedUploadException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What the uploader does next. */
  public enum Reason {
    /** No index, not the block that was asked for: send the right bytes. */
    MALFORMED,
    /** It ended early or took too long: send it again. */
    CUT_OFF,
    /** Not what the trusted key signed: sign it. */
    NOT_SIGNED,
    /** The store has this version, or a newer one: pack it again. */
    NOT_NEWER,
    /** Blocks are missing: ask which, and send them. */
    INCOMPLETE,
    /** More than the disk has room for: make room. */
    NO_ROOM
  }

  private final Reason reason;

  RefusedUploadException(Reason reason, String sentence) {
    this(reason, sentence, null);
  }

  RefusedUploadException(Reason reason, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
