package org.kobako.block.client.mount.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Replies as they lie on the wire; each method appends to a big-endian buffer. Pure.
 *
 * <pre>
 *   simple  0 magic 32 | 4 error 32 | 8 cookie 64                          | data
 *   chunk   0 magic 32 | 4 flags 16 | 6 type 16 | 8 cookie 64 | 16 length 32 | payload
 * </pre>
 */
final class ReplyLayout {
  static final int SIMPLE_MAGIC = 0x67446698;
  static final int CHUNK_MAGIC = 0x668e33ef;
  static final int SIMPLE_BYTES = 16;
  static final int CHUNK_BYTES = 20;

  static final int FLAG_DONE = 1;

  static final int TYPE_NONE = 0;
  static final int TYPE_OFFSET_DATA = 1;
  static final int TYPE_OFFSET_HOLE = 2;
  static final int TYPE_BLOCK_STATUS = 5;
  static final int TYPE_ERROR = 0x8001;
  static final int TYPE_ERROR_OFFSET = 0x8002;

  /** Our number for {@code base:allocation}; any would do. */
  static final int ALLOCATION_CONTEXT = 1;

  /** {@code NBD_STATE_HOLE} and {@code NBD_STATE_ZERO}: not stored, and zeros when read. */
  static final int STATE_HOLE = 0b11;

  /** Extents of one block status reply; the client asks again for what is left. */
  static final int MAX_EXTENTS = 1024;

  private static final int EXTENT_BYTES = 8;
  private static final int MAX_MESSAGE_BYTES = 512;

  /** Room for the longest of them, data apart. */
  static final int MAX_BYTES = CHUNK_BYTES + 4 + MAX_EXTENTS * EXTENT_BYTES;

  private ReplyLayout() {}

  /** A simple reply; data follow where the request was a read without error. */
  static void putSimple(ByteBuffer out, long cookie, NbdError error) {
    out.putInt(SIMPLE_MAGIC).putInt(error.code).putLong(cookie);
  }

  /** The last chunk of a reply that has no payload. */
  static void putNone(ByteBuffer out, long cookie) {
    putChunk(out, cookie, TYPE_NONE, true, 0);
  }

  /** So many bytes of data follow. */
  static void putData(ByteBuffer out, long cookie, boolean last, long offset, int length) {
    putChunk(out, cookie, TYPE_OFFSET_DATA, last, 8 + length);
    out.putLong(offset);
  }

  static void putHole(ByteBuffer out, long cookie, boolean last, long offset, int length) {
    putChunk(out, cookie, TYPE_OFFSET_HOLE, last, 12);
    out.putLong(offset).putInt(length);
  }

  /** The request as a whole is refused. */
  static void putError(ByteBuffer out, long cookie, NbdError error) {
    byte[] message = clipped(error.message);
    putChunk(out, cookie, TYPE_ERROR, true, 6 + message.length);
    out.putInt(error.code).putShort((short) message.length).put(message);
  }

  /** Reading failed from an offset on; what was sent before it is right. */
  static void putErrorAt(ByteBuffer out, long cookie, NbdError error, String reason, long offset) {
    byte[] message = clipped(reason);
    putChunk(out, cookie, TYPE_ERROR_OFFSET, true, 14 + message.length);
    out.putInt(error.code).putShort((short) message.length).put(message).putLong(offset);
  }

  /** Begins a block status reply; {@link #putExtent} for each extent, then {@link #endStatus}. */
  static void beginStatus(ByteBuffer out, long cookie) {
    putChunk(out, cookie, TYPE_BLOCK_STATUS, true, 0);
    out.putInt(ALLOCATION_CONTEXT);
  }

  static void putExtent(ByteBuffer out, long length, boolean hole) {
    out.putInt((int) length).putInt(hole ? STATE_HOLE : 0);
  }

  /** Writes the length of the chunk that began at the buffer's start. */
  static void endStatus(ByteBuffer out) {
    out.putInt(CHUNK_BYTES - 4, out.position() - CHUNK_BYTES);
  }

  private static void putChunk(
      ByteBuffer out, long cookie, int type, boolean last, int payloadLength) {
    out.putInt(CHUNK_MAGIC)
        .putShort((short) (last ? FLAG_DONE : 0))
        .putShort((short) type)
        .putLong(cookie)
        .putInt(payloadLength);
  }

  /** Cut where a character begins, so that it stays UTF-8. */
  private static byte[] clipped(String message) {
    byte[] utf8 = message.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(utf8.length, MAX_MESSAGE_BYTES);
    while (length < utf8.length && length > 0 && (utf8[length] & 0xc0) == 0x80) {
      length--;
    }
    return Arrays.copyOf(utf8, length);
  }
}
