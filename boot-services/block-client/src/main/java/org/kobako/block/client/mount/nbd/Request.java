package org.kobako.block.client.mount.nbd;

import java.nio.ByteBuffer;

/**
 * One request (section "Request message"), reused for every one of its thread.
 *
 * <pre>
 *   0 magic 32 | 4 flags 16 | 6 type 16 | 8 cookie 64 | 16 offset 64 | 24 length 32
 * </pre>
 */
final class Request {
  static final int BYTES = 28;
  static final int MAGIC = 0x25609513;

  static final int FLAG_FUA = 1;
  static final int FLAG_DF = 1 << 2;
  static final int FLAG_REQ_ONE = 1 << 3;

  private static final int FLAGS_AT = 4;
  private static final int TYPE_AT = 6;
  private static final int COOKIE_AT = 8;
  private static final int OFFSET_AT = 16;
  private static final int LENGTH_AT = 24;

  NbdCommand command = NbdCommand.UNKNOWN;
  int flags;

  /** The client's name for this request, sent back as it came. */
  long cookie;

  /** Unsigned on the wire: negative means beyond any disk. */
  long offset;

  long length;

  /** Set by {@link #validate}. */
  NbdError error = NbdError.NONE;

  /** Reads a request at the buffer's position, magic included, and moves behind it. */
  void decode(ByteBuffer in) {
    int at = in.position();
    flags = Short.toUnsignedInt(in.getShort(at + FLAGS_AT));
    command = NbdCommand.of(Short.toUnsignedInt(in.getShort(at + TYPE_AT)));
    cookie = in.getLong(at + COOKIE_AT);
    offset = in.getLong(at + OFFSET_AT);
    length = Integer.toUnsignedLong(in.getInt(at + LENGTH_AT));
    in.position(at + BYTES);
  }

  void copy(Request other) {
    command = other.command;
    flags = other.flags;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
    error = other.error;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether the disk has to be read for it. */
  boolean reads() {
    return error == NbdError.NONE
        && (command == NbdCommand.READ || command == NbdCommand.CACHE)
        && length > 0;
  }

  /** Decides whether this request can be answered, before anything is done for it. */
  void validate(long diskLengthBytes, Agreement agreement) {
    error =
        switch (command) {
          case READ -> validateRead(diskLengthBytes, agreement);
          case CACHE -> within(diskLengthBytes) && only(0) ? NbdError.NONE : NbdError.INVALID;
          case BLOCK_STATUS ->
              agreement.allocationContext()
                      && length > 0
                      && within(diskLengthBytes)
                      && only(FLAG_REQ_ONE)
                  ? NbdError.NONE
                  : NbdError.INVALID;
          // Never offered, yet harmless: nothing is ever unwritten.
          case FLUSH, DISCONNECT -> NbdError.NONE;
          case WRITE, TRIM, WRITE_ZEROES -> NbdError.NOT_PERMITTED;
          case UNKNOWN -> NbdError.INVALID;
        };
  }

  private NbdError validateRead(long diskLengthBytes, Agreement agreement) {
    if (!within(diskLengthBytes)
        || length > Export.MAX_PAYLOAD_BYTES
        || !only(agreement.structuredReplies() ? FLAG_DF : 0)) {
      return NbdError.INVALID;
    }
    return has(FLAG_DF) && length > Answerer.MAX_PIECE_BYTES ? NbdError.OVERFLOW : NbdError.NONE;
  }

  private boolean within(long diskLengthBytes) {
    return offset >= 0 && offset <= diskLengthBytes && length <= diskLengthBytes - offset;
  }

  /** FUA is let pass everywhere: "existing clients are known to set this bit". */
  private boolean only(int allowed) {
    return (flags & ~(allowed | FLAG_FUA)) == 0;
  }

  @Override
  public String toString() {
    return command + " of " + length + " bytes at " + Long.toUnsignedString(offset);
  }
}
