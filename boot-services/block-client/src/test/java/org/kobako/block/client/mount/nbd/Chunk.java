package org.kobako.block.client.mount.nbd;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One chunk of a structured reply, as a client sees it. */
record Chunk(boolean last, int type, long cookie, ByteBuffer payload) {
  static Chunk read(DataInputStream in) throws IOException {
    if (in.readInt() != ReplyLayout.CHUNK_MAGIC) {
      throw new IOException("no chunk");
    }
    int flags = in.readUnsignedShort();
    int type = in.readUnsignedShort();
    long cookie = in.readLong();
    byte[] payload = new byte[in.readInt()];
    in.readFully(payload);
    return new Chunk((flags & ReplyLayout.FLAG_DONE) != 0, type, cookie, ByteBuffer.wrap(payload));
  }

  /** All chunks of one reply. */
  static List<Chunk> readReply(DataInputStream in) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    do {
      chunks.add(read(in));
    } while (!chunks.getLast().last());
    return chunks;
  }

  /** Offset of data or a hole. */
  long offset() {
    return payload.getLong(0);
  }

  byte[] data() {
    byte[] data = new byte[payload.capacity() - 8];
    payload.get(8, data);
    return data;
  }

  int holeLength() {
    return payload.getInt(8);
  }

  int errorCode() {
    return payload.getInt(0);
  }

  String errorMessage() {
    byte[] message = new byte[payload.getShort(4)];
    payload.get(6, message);
    return new String(message, StandardCharsets.UTF_8);
  }

  long errorOffset() {
    return payload.getLong(payload.capacity() - 8);
  }
}
