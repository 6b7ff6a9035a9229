package org.kobako.block.format.codec.heap;

import java.util.Arrays;
import org.kobako.block.format.CorruptBlockException;

/**
 * Zstandard (RFC 8878): one frame without a dictionary.
 *
 * <p>The plain array is the window, so that the window size that a frame asks for costs nothing and
 * bounds nothing but its blocks. A content checksum, which our packer does not write, is verified.
 *
 * <pre>
 * magic (4)  descriptor (1)  window (0-1)  dictionary (0-4)  content size (0-8)  blocks  checksum (0|4)
 *            bits 0-1 dictionary bytes 0, 1, 2, 4      block: bit  0    last block
 *                 2   checksum follows                        bits 1-2  raw, repeated, compressed
 *                 3   reserved, 0                                  3-23 length
 *                 5   single segment: no window
 *                 6-7 content size bytes 0|1, 2, 4, 8
 * </pre>
 */
public final class ZstdDecoder implements HeapDecoder {
  static final int MAX_BLOCK_BYTES = 128 << 10;

  private static final int MAGIC = 0xFD2FB528;
  private static final int TYPE_RAW = 0;
  private static final int TYPE_REPEATED = 1;
  private static final int TYPE_COMPRESSED = 2;
  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int CHECKSUM_BYTES = 4;

  private final ZstdLiterals literals = new ZstdLiterals();
  private final ZstdSequences sequences = new ZstdSequences();
  private byte[] stored = {};
  private int in;
  private int end;

  @Override
  public int decode(byte[] stored, int storedLength, byte[] plain, int plainLength)
      throws CorruptBlockException {
    this.stored = stored;
    in = 0;
    end = storedLength;
    literals.reset();
    sequences.reset();
    if ((int) next(4) != MAGIC) {
      throw new CorruptBlockException("zstd: no frame");
    }
    int descriptor = (int) next(1);
    int maxBlock = readFrameHeader(descriptor, plainLength);
    int out = 0;
    boolean last;
    do {
      int header = (int) next(BLOCK_HEADER_BYTES);
      last = (header & 1) != 0;
      out = decodeBlock(header >> 1 & 3, header >> 3, maxBlock, plain, out, plainLength);
    } while (!last);
    if ((descriptor & 4) != 0 && (int) next(CHECKSUM_BYTES) != (int) XxHash64.of(plain, out)) {
      throw new CorruptBlockException("zstd: the content checksum differs");
    }
    if (in != end) {
      throw new CorruptBlockException("zstd: " + (end - in) + " bytes behind the frame");
    }
    return out;
  }

  /** Refuses what cannot be a block of that length; answers the length that no block exceeds. */
  private int readFrameHeader(int descriptor, int plainLength) throws CorruptBlockException {
    if ((descriptor & 8) != 0) {
      throw new CorruptBlockException("zstd: a reserved bit in the frame header");
    }
    boolean singleSegment = (descriptor & 0x20) != 0;
    long window = singleSegment ? Long.MAX_VALUE : window((int) next(1));
    int dictionaryBytes = 1 << (descriptor & 3) >> 1;
    if (next(dictionaryBytes) != 0) {
      throw new CorruptBlockException("zstd: a dictionary is asked for");
    }
    int sizeCode = descriptor >> 6 & 3;
    if (sizeCode != 0 || singleSegment) {
      long size = next(1 << sizeCode) + (sizeCode == 1 ? 256 : 0);
      if (size != plainLength) {
        throw new CorruptBlockException(
            "zstd: a frame of " + size + " plain bytes, expected " + plainLength);
      }
      window = Math.min(window, size);
    }
    return (int) Math.min(window, MAX_BLOCK_BYTES);
  }

  /** Eighths of a power of two from 1 KiB on. */
  private static long window(int descriptor) {
    long base = 1L << 10 + (descriptor >> 3);
    return base + (base >> 3) * (descriptor & 7);
  }

  private int decodeBlock(
      int type, int length, int maxBlock, byte[] plain, int out, int plainLength)
      throws CorruptBlockException {
    int room = Math.min(maxBlock, plainLength - out);
    int storedBytes = type == TYPE_REPEATED ? 1 : length;
    if (storedBytes > end - in || type != TYPE_COMPRESSED && length > room) {
      throw new CorruptBlockException("zstd: a block of " + length + " bytes does not fit");
    }
    int from = in;
    in += storedBytes;
    return switch (type) {
      case TYPE_RAW -> {
        System.arraycopy(stored, from, plain, out, length);
        yield out + length;
      }
      case TYPE_REPEATED -> {
        Arrays.fill(plain, out, out + length, stored[from]);
        yield out + length;
      }
      case TYPE_COMPRESSED -> {
        int section = literals.read(stored, from, in);
        yield sequences.execute(stored, section, in, literals, plain, out, out + room);
      }
      default -> throw new CorruptBlockException("zstd: a block of the reserved type");
    };
  }

  /** The next bytes as a little-endian number. */
  private long next(int count) throws CorruptBlockException {
    if (count > end - in) {
      throw new CorruptBlockException("zstd: the frame ends early, at " + end);
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (stored[in++] & 0xffL) << i * Byte.SIZE;
    }
    return value;
  }
}
