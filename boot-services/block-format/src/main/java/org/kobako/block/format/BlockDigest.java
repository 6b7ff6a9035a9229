package org.kobako.block.format;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A SHA-256 digest of stored bytes, which is a block's name: a reusable holder of 32 bytes.
 *
 * <p>Owned by one thread while it is set. Compare with {@link #sameAs}; identity equality holds
 * otherwise, because the content changes.
 */
public final class BlockDigest {
  /** Length of a digest in bytes. */
  public static final int BYTES = 32;

  /** Length of a digest written as a name, in characters. */
  public static final int HEX_CHARS = 2 * BYTES;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final byte[] bytes = new byte[BYTES];

  /** A digest of a name, 64 lower-case hexadecimal characters. */
  public static BlockDigest ofHex(String hex) {
    BlockDigest digest = new BlockDigest();
    System.arraycopy(HexFormat.of().parseHex(hex), 0, digest.bytes, 0, BYTES);
    return digest;
  }

  /** The 32 bytes themselves, for a digester to write into. */
  public byte[] bytes() {
    return bytes;
  }

  /** Takes 32 bytes from an absolute offset of a buffer. */
  public void set(ByteBuffer from, int offset) {
    from.get(offset, bytes);
  }

  public void set(BlockDigest other) {
    System.arraycopy(other.bytes, 0, bytes, 0, BYTES);
  }

  public boolean sameAs(BlockDigest other) {
    for (int i = 0; i < BYTES; i++) {
      if (bytes[i] != other.bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** Writes the first {@code count} bytes as hexadecimal ASCII at the buffer's position. */
  public void putHex(ByteBuffer to, int count) {
    for (int i = 0; i < count; i++) {
      to.put(HEX[(bytes[i] >> 4) & 0xf]).put(HEX[bytes[i] & 0xf]);
    }
  }

  /** The name: 64 lower-case hexadecimal characters. */
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
