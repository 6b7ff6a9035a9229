package org.kobako.heartbeat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012): a keyed digest made for
 * messages as short as a heartbeat. By hand, as the JDK's own (HMAC) brings its security providers,
 * 1 MB of a small box's memory, and a digest in bytecode is slow on a box without a compiler.
 */
final class SipHash {
  static final int KEY_BYTES = 16;
  static final int TAG_BYTES = 16;

  private static final int COMPRESSION_ROUNDS = 2;
  private static final int FINAL_ROUNDS = 4;

  private long v0;
  private long v1;
  private long v2;
  private long v3;

  private SipHash(ByteBuffer key) {
    long k0 = key.getLong(0);
    long k1 = key.getLong(Long.BYTES);
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee; // 0xee: 128 bits are wanted
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
  }

  /**
   * The tag of some bytes.
   *
   * @param key of {@link #KEY_BYTES}
   * @param message between position and limit, which stay as they are
   * @return {@link #TAG_BYTES}
   */
  static byte[] tag(byte[] key, ByteBuffer message) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.length + " bytes is refused: it has " + KEY_BYTES);
    }
    SipHash hash = new SipHash(ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN));
    hash.compress(message.slice().order(ByteOrder.LITTLE_ENDIAN));
    ByteBuffer tag = ByteBuffer.allocate(TAG_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    hash.v2 ^= 0xee;
    tag.putLong(hash.finish());
    hash.v1 ^= 0xdd;
    tag.putLong(hash.finish());
    return tag.array();
  }

  private void compress(ByteBuffer message) {
    long last = (long) message.remaining() << 56; // its length, modulo 256
    while (message.remaining() >= Long.BYTES) {
      word(message.getLong());
    }
    for (int shift = 0; message.hasRemaining(); shift += Byte.SIZE) {
      last |= Byte.toUnsignedLong(message.get()) << shift;
    }
    word(last);
  }

  private void word(long word) {
    v3 ^= word;
    rounds(COMPRESSION_ROUNDS);
    v0 ^= word;
  }

  private long finish() {
    rounds(FINAL_ROUNDS);
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void rounds(int count) {
    for (int round = 0; round < count; round++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
