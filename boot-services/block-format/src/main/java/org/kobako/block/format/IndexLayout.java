package org.kobako.block.format;

/**
 * Offsets in a block index; all numbers are little-endian. FORMAT.md has the same as a picture.
 *
 * <pre>
 * header (24) | section directory (24 each) | sections, each on 8 bytes | trailer (136)
 * </pre>
 */
final class IndexLayout {
  /** "KOBAKOIX" as it lies in the file. */
  static final long MAGIC = 0x5849_4f4b_4142_4f4bL;

  static final int FORMAT_VERSION = 1;

  static final int MAGIC_OFFSET = 0;
  static final int FORMAT_VERSION_OFFSET = 8;
  static final int SECTION_COUNT_OFFSET = 10;
  static final int RESERVED_OFFSET = 12;
  static final int FILE_LENGTH_OFFSET = 16;
  static final int HEADER_BYTES = 24;

  static final int DIRECTORY_ENTRY_BYTES = 24;
  static final int SECTION_TYPE_OFFSET = 0;
  static final int SECTION_FLAGS_OFFSET = 2;
  static final int SECTION_RESERVED_OFFSET = 4;
  static final int SECTION_OFFSET_OFFSET = 8;
  static final int SECTION_LENGTH_OFFSET = 16;
  static final int SECTION_ALIGNMENT = 8;
  static final int MAX_SECTIONS = 64;

  /**
   * A reader that does not know a section with this flag refuses the index. No other is defined.
   */
  static final int FLAG_REQUIRED = 1;

  static final int TYPE_IMAGE = 1;
  static final int TYPE_BLOCKS = 2;

  static final int IMAGE_VERSION_OFFSET = 0;
  static final int IMAGE_PLAIN_LENGTH_OFFSET = 8;
  static final int IMAGE_BLOCK_SIZE_OFFSET = 16;
  static final int IMAGE_NAME_LENGTH_OFFSET = 20;
  static final int IMAGE_NAME_OFFSET = 24;

  /** Digest, then the stored length in the low 24 bits of a word and the codec in its high 8. */
  static final int ENTRY_BYTES = 36;

  static final int ENTRY_DIGEST_OFFSET = 0;
  static final int ENTRY_WORD_OFFSET = 32;
  static final int ENTRY_LENGTH_MASK = 0xff_ffff;
  static final int ENTRY_CODEC_SHIFT = 24;

  /** Codec byte of a block of zeros: no digest, no length, nothing to fetch. */
  static final int CODEC_ZEROS = 0xff;

  static final int TRAILER_DIGEST_OFFSET = 0;
  static final int TRAILER_SCHEME_OFFSET = 32;
  static final int TRAILER_RESERVED_OFFSET = 36;
  static final int TRAILER_KEY_OFFSET = 40;
  static final int TRAILER_SIGNATURE_OFFSET = 72;
  static final int TRAILER_BYTES = 136;
  static final int KEY_BYTES = 32;
  static final int SIGNATURE_BYTES = 64;

  static final int SCHEME_UNSIGNED = 0;
  static final int SCHEME_ED25519 = 1;

  /** A 2 GiB file is the bound: 59 million blocks, 7 TiB of plain bytes at 128 KiB. */
  static final long MAX_FILE_BYTES = Integer.MAX_VALUE;

  private IndexLayout() {}

  /** Where a section begins that follows one which ends there. */
  static long aligned(long end) {
    return (end + SECTION_ALIGNMENT - 1) / SECTION_ALIGNMENT * SECTION_ALIGNMENT;
  }
}
