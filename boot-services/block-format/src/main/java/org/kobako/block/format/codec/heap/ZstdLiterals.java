package org.kobako.block.format.codec.heap;

import java.util.Arrays;
import org.kobako.block.format.CorruptBlockException;

/**
 * The literals section of a compressed block (RFC 8878, section 3.1.1.3.1), and the Huffman code
 * that may outlive the block.
 *
 * <pre>
 * bits 0-1   type: 0 raw, 1 one byte repeated, 2 Huffman, 3 Huffman with the code before
 *      2-3   format: raw and repeated: 0 or 2: length in bits 3-7, 1: 4-15, 3: 4-23
 *            Huffman: 0: one stream, 1-3: four; length and stored length of
 *            10, 10, 14, 18 bits each from bit 4 on
 * </pre>
 */
final class ZstdLiterals {
  private static final int TYPE_RAW = 0;
  private static final int TYPE_REPEATED = 1;
  private static final int TYPE_HUFFMAN = 2;

  /** Three lengths of 16 bits; the fourth stream takes the rest. */
  private static final int JUMP_TABLE_BYTES = 6;

  private final HuffmanTable code = new HuffmanTable();
  private final byte[] decoded = new byte[ZstdDecoder.MAX_BLOCK_BYTES];
  private boolean codeIsKnown;
  private byte[] bytes = decoded;
  private int offset;
  private int end;

  /** Forgets what an earlier frame left. */
  void reset() {
    codeIsKnown = false;
  }

  /** Where the literals are: in an array of their own or, raw ones, among the stored bytes. */
  byte[] bytes() {
    return bytes;
  }

  /** Where they begin there. */
  int offset() {
    return offset;
  }

  /** Where they end there. */
  int end() {
    return end;
  }

  /**
   * Reads the section at {@code from} of a block that ends at {@code blockEnd}.
   *
   * @return the offset behind it
   */
  int read(byte[] stored, int from, int blockEnd) throws CorruptBlockException {
    int header = stored[from] & 0xff;
    int type = header & 3;
    int format = header >> 2 & 3;
    return type == TYPE_RAW || type == TYPE_REPEATED
        ? readPlain(stored, from, blockEnd, type, format)
        : readHuffman(stored, from, blockEnd, type, format);
  }

  private int readPlain(byte[] stored, int from, int blockEnd, int type, int format)
      throws CorruptBlockException {
    int headerBytes = format == 1 ? 2 : format == 3 ? 3 : 1;
    long header = littleEndian(stored, from, headerBytes);
    int length = (int) (header >> (headerBytes == 1 ? 3 : 4));
    int in = from + headerBytes;
    requireAtMost(ZstdDecoder.MAX_BLOCK_BYTES, length);
    if (type == TYPE_RAW) {
      requireAtMost(blockEnd - in, length);
      bytes = stored;
      offset = in;
      end = in + length;
      return end;
    }
    requireAtMost(blockEnd - in, 1);
    Arrays.fill(decoded, 0, length, stored[in]);
    setDecoded(length);
    return in + 1;
  }

  private int readHuffman(byte[] stored, int from, int blockEnd, int type, int format)
      throws CorruptBlockException {
    int lengthBits = format == 3 ? 18 : format == 2 ? 14 : 10;
    int headerBytes = format == 3 ? 5 : format == 2 ? 4 : 3;
    long header = littleEndian(stored, from, headerBytes);
    int length = (int) (header >> 4) & (1 << lengthBits) - 1;
    int storedLength = (int) (header >> 4 + lengthBits);
    int in = from + headerBytes;
    requireAtMost(ZstdDecoder.MAX_BLOCK_BYTES, length);
    requireAtMost(blockEnd - in, storedLength);
    int sectionEnd = in + storedLength;
    if (type == TYPE_HUFFMAN) {
      in = code.read(stored, in, sectionEnd);
      codeIsKnown = true;
    } else if (!codeIsKnown) {
      throw new CorruptBlockException("zstd: the first block repeats a Huffman code");
    }
    if (format == 0) {
      code.decode(stored, in, sectionEnd - in, decoded, 0, length);
    } else {
      readFourStreams(stored, in, sectionEnd, length);
    }
    setDecoded(length);
    return sectionEnd;
  }

  private void readFourStreams(byte[] stored, int from, int sectionEnd, int length)
      throws CorruptBlockException {
    int in = from + JUMP_TABLE_BYTES;
    int quarter = (length + 3) / 4;
    for (int stream = 0; stream < 4; stream++) {
      int streamLength =
          stream == 3 ? sectionEnd - in : (int) littleEndian(stored, from + 2 * stream, 2);
      requireAtMost(sectionEnd - in, streamLength);
      int first = stream * quarter;
      int last = stream == 3 ? length : first + quarter;
      requireAtMost(length, last);
      code.decode(stored, in, streamLength, decoded, first, last);
      in += streamLength;
    }
  }

  private void setDecoded(int length) {
    bytes = decoded;
    offset = 0;
    end = length;
  }

  private static void requireAtMost(int limit, int length) throws CorruptBlockException {
    if (length > limit) {
      throw new CorruptBlockException(
          "zstd: literals of " + length + " bytes where " + limit + " can be");
    }
  }

  private static long littleEndian(byte[] bytes, int offset, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (bytes[offset + i] & 0xffL) << i * Byte.SIZE;
    }
    return value;
  }
}
