package org.kobako.block.client.mount.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What clients send. */
final class Messages {
  private Messages() {}

  static ByteBuffer clientFlags(int flags) {
    return ByteBuffer.allocate(4).putInt(flags).flip();
  }

  static ByteBuffer option(int option, byte[] data) {
    return ByteBuffer.allocate(Negotiation.OPTION_BYTES + data.length)
        .putLong(Negotiation.OPTION_MAGIC)
        .putInt(option)
        .putInt(data.length)
        .put(data)
        .flip();
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Data of GO and INFO. */
  static byte[] info(String export, int... types) {
    ByteBuffer data = ByteBuffer.allocate(4 + export.length() + 2 + 2 * types.length);
    data.putInt(export.length()).put(text(export)).putShort((short) types.length);
    for (int type : types) {
      data.putShort((short) type);
    }
    return data.array();
  }

  /** Data of LIST_META_CONTEXT and SET_META_CONTEXT. */
  static byte[] contexts(String export, String... queries) {
    int length = 4 + export.length() + 4;
    for (String query : queries) {
      length += 4 + query.length();
    }
    ByteBuffer data = ByteBuffer.allocate(length);
    data.putInt(export.length()).put(text(export)).putInt(queries.length);
    for (String query : queries) {
      data.putInt(query.length()).put(text(query));
    }
    return data.array();
  }

  static ByteBuffer request(int type, int flags, long cookie, long offset, int length) {
    return ByteBuffer.allocate(Request.BYTES)
        .putInt(Request.MAGIC)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putLong(offset)
        .putInt(length)
        .flip();
  }
}
