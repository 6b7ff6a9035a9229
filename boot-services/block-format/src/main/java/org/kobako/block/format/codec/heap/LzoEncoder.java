package org.kobako.block.format.codec.heap;

/**
 * A greedy encoder of LZO1X ({@link LzoDecoder} draws the instructions): takes the first match that
 * a hash of four bytes finds, and looks at fewer positions the longer it finds none.
 */
public final class LzoEncoder implements HeapEncoder {
  private static final int M2_MAX_LENGTH = 8;
  private static final int M2_MAX_DISTANCE = 0x800;
  private static final int M3_MAX_DISTANCE = 0x4000;
  private static final int M4_MAX_DISTANCE = 0xbfff;

  /** A first run up to here has an instruction of its own. */
  private static final int FIRST_RUN_MAX = 238;

  /** No match begins before, so that the first run is one. */
  private static final int FIRST_RUN_MIN = 4;

  /** The bytes that a hash is made of. */
  private static final int HASHED = 4;

  /** After so many positions without a match, as a power of two, the step grows by one. */
  private static final int PATIENCE_LOG = 6;

  private final MatchTable table = new MatchTable();
  private int out;

  @Override
  public int encode(byte[] plain, int plainLength, byte[] stored) {
    table.clear();
    out = 0;
    int literals = 0;
    int position = FIRST_RUN_MIN;
    int misses = 0;
    while (position <= plainLength - HASHED) {
      int earlier = table.replace(plain, position, M4_MAX_DISTANCE);
      if (earlier < 0) {
        position += 1 + (misses++ >> PATIENCE_LOG);
        continue;
      }
      misses = 0;
      int length = MatchTable.matchLength(plain, earlier, position, plainLength);
      putLiterals(plain, literals, position - literals, stored);
      putMatch(position - earlier, length, stored);
      position += length;
      literals = position;
    }
    putLiterals(plain, literals, plainLength - literals, stored);
    stored[out++] = 17;
    stored[out++] = 0;
    stored[out++] = 0;
    return out;
  }

  private void putLiterals(byte[] plain, int from, int count, byte[] stored) {
    if (count == 0) {
      return;
    }
    if (out == 0 && count <= FIRST_RUN_MAX) {
      stored[out++] = (byte) (17 + count);
    } else if (count <= 3) {
      // Into the low bits of the match before.
      stored[out - 2] |= (byte) count;
    } else {
      putLength(0, count - 3, 15, stored);
    }
    System.arraycopy(plain, from, stored, out, count);
    out += count;
  }

  private void putMatch(int distance, int length, byte[] stored) {
    if (distance <= M2_MAX_DISTANCE && length <= M2_MAX_LENGTH) {
      stored[out++] = (byte) (length - 1 << 5 | (distance - 1 & 7) << 2);
      stored[out++] = (byte) (distance - 1 >> 3);
    } else if (distance <= M3_MAX_DISTANCE) {
      putLength(32, length - 2, 31, stored);
      putWord(distance - 1 << 2, stored);
    } else {
      int beyond = distance - 0x4000;
      putLength(16 | (beyond >> 14) << 3, length - 2, 7, stored);
      putWord((beyond & 0x3fff) << 2, stored);
    }
  }

  /** An instruction with a length, extended where it is larger than the instruction can hold. */
  private void putLength(int instruction, int length, int largest, byte[] stored) {
    if (length <= largest) {
      stored[out++] = (byte) (instruction | length);
      return;
    }
    stored[out++] = (byte) instruction;
    int rest = length - largest;
    for (; rest > 0xff; rest -= 0xff) {
      stored[out++] = 0;
    }
    stored[out++] = (byte) rest;
  }

  private void putWord(int word, byte[] stored) {
    stored[out++] = (byte) word;
    stored[out++] = (byte) (word >> 8);
  }

  @Override
  public int storedCapacity(int plainLength) {
    return plainLength + plainLength / 16 + 64 + 3;
  }
}
