package org.kobako.block.format;

import java.util.Locale;
import java.util.Optional;

/**
 * How the stored bytes of one block were made from its plain bytes; the byte stands in the index.
 */
public enum Codec {
  /** Stored as it is: the block did not shrink, or nobody asked for compression. */
  NONE(0),
  /** RFC 1950. */
  ZLIB(1),
  /** LZO1X, byte-compatible with liblzo2. */
  LZO(2),
  /** LZ4 block format, without a frame. */
  LZ4(3),
  /** RFC 8878, one frame. */
  ZSTD(4);

  private static final Codec[] BY_WIRE = values();

  private final byte wire;

  Codec(int wire) {
    this.wire = (byte) wire;
  }

  /** The byte in an index entry, 0-4. */
  public byte wire() {
    return wire;
  }

  /** The word on the command line: the name in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The codec of an index entry's byte, empty where none has it. */
  public static Optional<Codec> ofWire(int wire) {
    return isWire(wire) ? Optional.of(BY_WIRE[wire]) : Optional.empty();
  }

  /** The codec of a command line's word, empty where none has it. */
  public static Optional<Codec> ofWord(String word) {
    for (Codec codec : BY_WIRE) {
      if (codec.word().equals(word)) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }

  static boolean isWire(int wire) {
    return wire >= 0 && wire < BY_WIRE.length;
  }

  static Codec ofValidWire(int wire) {
    return BY_WIRE[wire];
  }
}
