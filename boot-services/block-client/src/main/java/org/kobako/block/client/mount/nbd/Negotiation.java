package org.kobako.block.client.mount.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Fixed newstyle negotiation (section "Fixed newstyle negotiation"), from the server's greeting to
 * the choice of the export. Pure: consumes what a client sent, appends what it is answered. Both
 * buffers are big-endian.
 *
 * <pre>
 *   option        0 magic 64 | 8 option 32 | 12 length 32 | data
 *   option reply  0 magic 64 | 8 option 32 | 12 type 32   | 16 length 32 | data
 * </pre>
 */
final class Negotiation {
  /** How it goes on, after what was answered is sent. */
  enum Step {
    NEED_INPUT,
    ANSWERED,
    TRANSMIT,
    CLOSE
  }

  static final long GREETING_MAGIC = 0x4e42444d41474943L; // NBDMAGIC
  static final long OPTION_MAGIC = 0x49484156454f5054L; // IHAVEOPT
  static final long REPLY_MAGIC = 0x3e889045565a9L;

  /** Handshake flags, the server's and the client's alike. */
  static final int FIXED_NEWSTYLE = 1;

  static final int NO_ZEROES = 1 << 1;

  static final int OPTION_BYTES = 16;
  static final int OPTION_REPLY_BYTES = 20;

  /** Longest option that is looked at: names of 4096 bytes and some queries. */
  static final int MAX_DATA_BYTES = 16 << 10;

  /** More options than any client has use for. */
  static final int MAX_OPTIONS = 256;

  /** Capacity that the input needs. */
  static final int INPUT_BYTES = OPTION_BYTES + MAX_DATA_BYTES;

  /** Room that one step's answers need: five replies, of which three carry a string. */
  static final int OUTPUT_BYTES = 4096;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_ABORT = 2;
  static final int OPT_LIST = 3;
  static final int OPT_STARTTLS = 5;
  static final int OPT_INFO = 6;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_LIST_META_CONTEXT = 9;
  static final int OPT_SET_META_CONTEXT = 10;

  static final int REP_ACK = 1;
  static final int REP_SERVER = 2;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_ERR_UNSUP = 0x80000001;
  static final int REP_ERR_INVALID = 0x80000003;
  static final int REP_ERR_UNKNOWN = 0x80000006;
  static final int REP_ERR_TOO_BIG = 0x80000009;

  static final int INFO_EXPORT = 0;
  static final int INFO_NAME = 1;
  static final int INFO_DESCRIPTION = 2;
  static final int INFO_BLOCK_SIZE = 3;

  static final String ALLOCATION = "base:allocation";

  private static final byte[] ALLOCATION_NAME = ALLOCATION.getBytes(StandardCharsets.UTF_8);
  private static final byte[] BASE_NAMESPACE = "base:".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NOTHING = {};
  private static final int ZEROES_BYTES = 124;

  private final Export export;
  private boolean greeted;
  private boolean zeroes;
  private boolean structuredReplies;
  private boolean allocationContext;
  private int options;

  /** Bytes of a too long option that are still to be passed over. */
  private long passing;

  Negotiation(Export export) {
    this.export = export;
  }

  /** What the server says first. */
  static void greet(ByteBuffer out) {
    out.putLong(GREETING_MAGIC)
        .putLong(OPTION_MAGIC)
        .putShort((short) (FIXED_NEWSTYLE | NO_ZEROES));
  }

  /** What was agreed on, after {@link Step#TRANSMIT}. */
  Agreement agreement() {
    return new Agreement(structuredReplies, allocationContext);
  }

  /**
   * Consumes up to one message of the client.
   *
   * @param in ready to be read, with a capacity of {@link #INPUT_BYTES}
   * @param out with room for {@link #OUTPUT_BYTES}
   */
  Step next(ByteBuffer in, ByteBuffer out) {
    if (!greeted) {
      return flags(in);
    }
    int passed = (int) Math.min(passing, in.remaining());
    in.position(in.position() + passed);
    passing -= passed;
    if (in.remaining() < OPTION_BYTES) {
      return Step.NEED_INPUT;
    }
    int at = in.position();
    if (in.getLong(at) != OPTION_MAGIC || options == MAX_OPTIONS) {
      return Step.CLOSE;
    }
    int option = in.getInt(at + 8);
    long length = Integer.toUnsignedLong(in.getInt(at + 12));
    if (length > MAX_DATA_BYTES) {
      options++;
      in.position(at + OPTION_BYTES);
      passing = length;
      return option == OPT_EXPORT_NAME ? Step.CLOSE : error(out, option, REP_ERR_TOO_BIG);
    }
    if (in.remaining() - OPTION_BYTES < length) {
      return Step.NEED_INPUT;
    }
    options++;
    ByteBuffer data = in.slice(at + OPTION_BYTES, (int) length);
    in.position(at + OPTION_BYTES + (int) length);
    return option(option, data, out);
  }

  private Step flags(ByteBuffer in) {
    if (in.remaining() < 4) {
      return Step.NEED_INPUT;
    }
    int flags = in.getInt();
    if ((flags & ~(FIXED_NEWSTYLE | NO_ZEROES)) != 0) {
      return Step.CLOSE;
    }
    zeroes = (flags & NO_ZEROES) == 0;
    greeted = true;
    return Step.ANSWERED;
  }

  private Step option(int option, ByteBuffer data, ByteBuffer out) {
    return switch (option) {
      case OPT_EXPORT_NAME -> exportName(data, out);
      case OPT_ABORT -> {
        put(out, option, REP_ACK, 0);
        yield Step.CLOSE;
      }
      case OPT_LIST -> data.hasRemaining() ? error(out, option, REP_ERR_INVALID) : list(out);
      case OPT_INFO, OPT_GO -> info(option, data, out);
      case OPT_STRUCTURED_REPLY -> {
        if (data.hasRemaining()) {
          yield error(out, option, REP_ERR_INVALID);
        }
        structuredReplies = true;
        yield acknowledge(out, option);
      }
      case OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT -> metaContext(option, data, out);
      // TLS is not part of this server ("NOTLS mode").
      case OPT_STARTTLS ->
          error(out, option, data.hasRemaining() ? REP_ERR_INVALID : REP_ERR_UNSUP);
      default -> error(out, option, REP_ERR_UNSUP);
    };
  }

  /** The one option that cannot be refused other than by hanging up. */
  private Step exportName(ByteBuffer data, ByteBuffer out) {
    if (!isExport(data)) {
      return Step.CLOSE;
    }
    out.putLong(export.lengthBytes);
    out.putShort((short) export.transmissionFlags(structuredReplies));
    if (zeroes) {
      out.put(new byte[ZEROES_BYTES]);
    }
    return Step.TRANSMIT;
  }

  private Step list(ByteBuffer out) {
    put(out, OPT_LIST, REP_SERVER, 4 + export.name.length + export.description.length);
    out.putInt(export.name.length).put(export.name).put(export.description);
    return acknowledge(out, OPT_LIST);
  }

  /** Data: name length 32, name, count 16, so many information types of 16 bits. */
  private Step info(int option, ByteBuffer data, ByteBuffer out) {
    ByteBuffer name = string(data);
    if (name == null || data.remaining() < 2) {
      return error(out, option, REP_ERR_INVALID);
    }
    int count = Short.toUnsignedInt(data.getShort());
    if (data.remaining() != 2 * count) {
      return error(out, option, REP_ERR_INVALID);
    }
    if (!isExport(name)) {
      return error(out, option, REP_ERR_UNKNOWN);
    }
    put(out, option, REP_INFO, 12);
    out.putShort((short) INFO_EXPORT).putLong(export.lengthBytes);
    out.putShort((short) export.transmissionFlags(structuredReplies));
    putWanted(wanted(data), option, out);
    put(out, option, REP_ACK, 0);
    return option == OPT_GO ? Step.TRANSMIT : Step.ANSWERED;
  }

  /** Information types as bits: a client that asks twice is told once. */
  private static int wanted(ByteBuffer types) {
    int wanted = 0;
    while (types.hasRemaining()) {
      int type = Short.toUnsignedInt(types.getShort());
      wanted |= type <= INFO_BLOCK_SIZE ? 1 << type : 0;
    }
    return wanted;
  }

  private void putWanted(int wanted, int option, ByteBuffer out) {
    if ((wanted & 1 << INFO_NAME) != 0) {
      put(out, option, REP_INFO, 2 + export.name.length);
      out.putShort((short) INFO_NAME).put(export.name);
    }
    if ((wanted & 1 << INFO_DESCRIPTION) != 0) {
      put(out, option, REP_INFO, 2 + export.description.length);
      out.putShort((short) INFO_DESCRIPTION).put(export.description);
    }
    if ((wanted & 1 << INFO_BLOCK_SIZE) != 0) {
      put(out, option, REP_INFO, 14);
      out.putShort((short) INFO_BLOCK_SIZE)
          .putInt(1)
          .putInt(export.preferredBytes)
          .putInt(Export.MAX_PAYLOAD_BYTES);
    }
  }

  /** Data: name length 32, name, count 32, so many queries of length 32 and text. */
  private Step metaContext(int option, ByteBuffer data, ByteBuffer out) {
    boolean set = option == OPT_SET_META_CONTEXT;
    if (set) {
      // Whatever comes of it, what was selected before no longer holds.
      allocationContext = false;
    }
    ByteBuffer name = string(data);
    if (!structuredReplies || name == null || data.remaining() < 4) {
      return error(out, option, REP_ERR_INVALID);
    }
    long queries = Integer.toUnsignedLong(data.getInt());
    boolean selected = queries == 0 && !set;
    for (long i = 0; i < queries; i++) {
      ByteBuffer query = string(data);
      if (query == null) {
        return error(out, option, REP_ERR_INVALID);
      }
      selected |= matches(query, ALLOCATION_NAME) || !set && matches(query, BASE_NAMESPACE);
    }
    if (data.hasRemaining()) {
      return error(out, option, REP_ERR_INVALID);
    }
    if (!isExport(name)) {
      return error(out, option, REP_ERR_UNKNOWN);
    }
    if (selected) {
      put(out, option, REP_META_CONTEXT, 4 + ALLOCATION_NAME.length);
      out.putInt(set ? ReplyLayout.ALLOCATION_CONTEXT : 0).put(ALLOCATION_NAME);
      allocationContext |= set;
    }
    return acknowledge(out, option);
  }

  /** The default export, named by nothing, is the disk too. */
  private boolean isExport(ByteBuffer name) {
    return matches(name, NOTHING) || matches(name, export.name);
  }

  /** A text with its length before it, or null where the data end before the text does. */
  private static @Nullable ByteBuffer string(ByteBuffer data) {
    if (data.remaining() < 4) {
      return null;
    }
    long length = Integer.toUnsignedLong(data.getInt());
    if (length > data.remaining()) {
      return null;
    }
    ByteBuffer text = data.slice(data.position(), (int) length);
    data.position(data.position() + (int) length);
    return text;
  }

  private static boolean matches(ByteBuffer text, byte[] expected) {
    return text.remaining() == expected.length && text.equals(ByteBuffer.wrap(expected));
  }

  private static Step acknowledge(ByteBuffer out, int option) {
    put(out, option, REP_ACK, 0);
    return Step.ANSWERED;
  }

  private static Step error(ByteBuffer out, int option, int type) {
    put(out, option, type, 0);
    return Step.ANSWERED;
  }

  private static void put(ByteBuffer out, int option, int type, int length) {
    out.putLong(REPLY_MAGIC).putInt(option).putInt(type).putInt(length);
  }
}
