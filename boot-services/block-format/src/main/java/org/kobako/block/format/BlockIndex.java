package org.kobako.block.format;

import static org.kobako.block.format.IndexLayout.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.digest.Sha256;

/**
 * The table of an image: block number to digest, codec and stored length; a flyweight over the
 * bytes of the index file, which must not change any more.
 *
 * <p>Made by {@link #read} alone, which validates every byte before it believes one: whoever holds
 * a {@code BlockIndex} asks no further questions. Any number of threads may read it.
 */
public final class BlockIndex {
  private final ByteBuffer bytes;
  private final int entriesOffset;
  private final ImageName image;
  private final long version;
  private final long plainLength;
  private final int blockSizeBytes;
  private final int blockCount;

  private BlockIndex(
      ByteBuffer bytes,
      int entriesOffset,
      ImageName image,
      long version,
      long plainLength,
      int blockSizeBytes,
      int blockCount) {
    this.bytes = bytes;
    this.entriesOffset = entriesOffset;
    this.image = image;
    this.version = version;
    this.plainLength = plainLength;
    this.blockSizeBytes = blockSizeBytes;
    this.blockCount = blockCount;
  }

  /**
   * Reads an index file. Memory: nothing beyond the buffer that is given.
   *
   * @param file the whole file, from position to limit
   * @param trust whose signature makes it good
   * @throws MalformedIndexException if any byte is not as a conforming packer writes it: an index
   *     has one form
   * @throws UntrustedIndexException if it is whole and {@code trust} does not accept its signer
   */
  public static BlockIndex read(ByteBuffer file, IndexTrust trust)
      throws MalformedIndexException, UntrustedIndexException {
    ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    int sectionCount = validateHeader(bytes);
    int trailer = bytes.limit() - TRAILER_BYTES;
    validateTrailer(bytes, trailer, trust);

    @Nullable Section image = null;
    @Nullable Section blocks = null;
    int previousType = 0;
    long end = HEADER_BYTES + (long) sectionCount * DIRECTORY_ENTRY_BYTES;
    for (int i = 0; i < sectionCount; i++) {
      Section section = Section.read(bytes, i, previousType, end, trailer);
      switch (section.type) {
        case TYPE_IMAGE -> image = section.requireFlag();
        case TYPE_BLOCKS -> blocks = section.requireFlag();
        default -> section.requireOptional();
      }
      previousType = section.type;
      end = (long) section.offset + section.length;
    }
    if (image == null || blocks == null) {
      throw malformed("the image or the blocks section is missing", "both");
    }
    if (end != trailer) {
      throw malformed("the last section ends at " + end, trailer + ", where the trailer begins");
    }
    return readSections(bytes, image, blocks);
  }

  /** Where a section lies, within the file and behind the section before. */
  private record Section(int type, boolean required, int offset, int length) {

    static Section read(ByteBuffer bytes, int i, int previousType, long previousEnd, int trailer)
        throws MalformedIndexException {
      int entry = HEADER_BYTES + i * DIRECTORY_ENTRY_BYTES;
      int type = Short.toUnsignedInt(bytes.getShort(entry + SECTION_TYPE_OFFSET));
      int flags = Short.toUnsignedInt(bytes.getShort(entry + SECTION_FLAGS_OFFSET));
      long offset = bytes.getLong(entry + SECTION_OFFSET_OFFSET);
      long length = bytes.getLong(entry + SECTION_LENGTH_OFFSET);
      if (type <= previousType) {
        throw malformed(
            "section " + type + " stands behind section " + previousType, "ascending types");
      }
      if ((flags & ~FLAG_REQUIRED) != 0 || bytes.getInt(entry + SECTION_RESERVED_OFFSET) != 0) {
        throw malformed("section " + type + " has bits set that mean nothing", "zeros");
      }
      if (offset != aligned(previousEnd)
          || offset > trailer
          || length < 0
          || length > trailer - offset) {
        throw malformed(
            "section " + type + " lies at " + offset + "+" + length,
            aligned(previousEnd) + ", and its end not behind " + trailer);
      }
      for (int at = (int) previousEnd; at < offset; at++) {
        if (bytes.get(at) != 0) {
          throw malformed("the padding before section " + type + " is not empty", "zeros");
        }
      }
      return new Section(type, (flags & FLAG_REQUIRED) != 0, (int) offset, (int) length);
    }

    Section requireFlag() throws MalformedIndexException {
      if (!required) {
        throw malformed("section " + type + " is marked as optional", "required");
      }
      return this;
    }

    void requireOptional() throws MalformedIndexException {
      if (required) {
        throw new MalformedIndexException(
            "the index needs section type "
                + type
                + ", which this Kobako does not know: use a newer Kobako");
      }
    }
  }

  private static int validateHeader(ByteBuffer bytes) throws MalformedIndexException {
    if (bytes.limit() < HEADER_BYTES + TRAILER_BYTES) {
      throw malformed(
          "the index has " + bytes.limit() + " bytes",
          "at least " + (HEADER_BYTES + TRAILER_BYTES));
    }
    if (bytes.getLong(MAGIC_OFFSET) != MAGIC) {
      throw new MalformedIndexException("this is no block index: it does not begin with KOBAKOIX");
    }
    int format = Short.toUnsignedInt(bytes.getShort(FORMAT_VERSION_OFFSET));
    if (format != FORMAT_VERSION) {
      throw new MalformedIndexException(
          "the index has format version "
              + format
              + ", this Kobako reads "
              + FORMAT_VERSION
              + ": use a matching Kobako");
    }
    long fileLength = bytes.getLong(FILE_LENGTH_OFFSET);
    if (fileLength != bytes.limit()) {
      throw malformed(
          "the index says it has " + fileLength + " bytes", "the " + bytes.limit() + " that came");
    }
    if (bytes.getInt(RESERVED_OFFSET) != 0) {
      throw malformed("the index's header has bytes set that mean nothing", "zeros");
    }
    int sectionCount = Short.toUnsignedInt(bytes.getShort(SECTION_COUNT_OFFSET));
    if (sectionCount > MAX_SECTIONS
        || HEADER_BYTES + sectionCount * DIRECTORY_ENTRY_BYTES > bytes.limit() - TRAILER_BYTES) {
      throw malformed("the index says it has " + sectionCount + " sections", "room for them");
    }
    return sectionCount;
  }

  private static void validateTrailer(ByteBuffer bytes, int trailer, IndexTrust trust)
      throws MalformedIndexException, UntrustedIndexException {
    byte[] digest = sha256(bytes, trailer);
    byte[] stated = new byte[BlockDigest.BYTES];
    bytes.get(trailer + TRAILER_DIGEST_OFFSET, stated);
    if (!MessageDigest.isEqual(digest, stated)) {
      throw new MalformedIndexException(
          "the index is damaged: its digest does not match its content; fetch or pack it again");
    }
    int scheme = bytes.getInt(trailer + TRAILER_SCHEME_OFFSET);
    byte[] key = new byte[KEY_BYTES];
    bytes.get(trailer + TRAILER_KEY_OFFSET, key);
    byte[] signature = new byte[SIGNATURE_BYTES];
    bytes.get(trailer + TRAILER_SIGNATURE_OFFSET, signature);
    if (scheme != SCHEME_UNSIGNED && scheme != SCHEME_ED25519) {
      throw malformed("the index has signature scheme " + scheme, "0 (none) or 1 (Ed25519)");
    }
    if (bytes.getInt(trailer + TRAILER_RESERVED_OFFSET) != 0
        || (scheme == SCHEME_UNSIGNED && !(allZero(key) && allZero(signature)))) {
      throw malformed("the index's trailer has bytes set that mean nothing", "zeros");
    }
    trust.accept(scheme == SCHEME_ED25519, key, signature, digest);
  }

  private static BlockIndex readSections(ByteBuffer bytes, Section image, Section blocks)
      throws MalformedIndexException {
    if (image.length < IMAGE_NAME_OFFSET) {
      throw malformed("the image section has " + image.length + " bytes", "24 and the name");
    }
    int imageOffset = image.offset;
    long version = bytes.getLong(imageOffset + IMAGE_VERSION_OFFSET);
    long plainLength = bytes.getLong(imageOffset + IMAGE_PLAIN_LENGTH_OFFSET);
    long blockSize = Integer.toUnsignedLong(bytes.getInt(imageOffset + IMAGE_BLOCK_SIZE_OFFSET));
    long nameLength = Integer.toUnsignedLong(bytes.getInt(imageOffset + IMAGE_NAME_LENGTH_OFFSET));
    if (!StorePath.isVersion(version)) {
      throw malformed("the image has version " + version, "1.." + StorePath.MAX_VERSION);
    }
    if (plainLength < 0) {
      throw malformed("the image has " + plainLength + " bytes", "0 or more");
    }
    if (!BlockSize.isValid(blockSize)) {
      throw malformed("the image has blocks of " + blockSize, "a power of two, 65536..1048576");
    }
    if (nameLength > ImageName.MAX_CHARS || nameLength != image.length - IMAGE_NAME_OFFSET) {
      throw malformed(
          "the image's name has " + nameLength + " bytes in a section of " + image.length,
          "1..64, and 24 more in the section");
    }
    byte[] nameBytes = new byte[(int) nameLength];
    bytes.get(imageOffset + IMAGE_NAME_OFFSET, nameBytes);
    String name = new String(nameBytes, StandardCharsets.US_ASCII);
    if (!ImageName.isValid(name)) {
      throw malformed("the image has an unfit name", "a-z A-Z 0-9 . _ -");
    }
    long blockCount = BlockSize.blocksOf(plainLength, (int) blockSize);
    if (blocks.length % ENTRY_BYTES != 0 || blocks.length / ENTRY_BYTES != blockCount) {
      throw malformed(
          "the index has " + blocks.length + " bytes of entries",
          blockCount + " entries of 36 for " + plainLength + " bytes in blocks of " + blockSize);
    }
    BlockIndex index =
        new BlockIndex(
            bytes,
            blocks.offset,
            new ImageName(name),
            version,
            plainLength,
            (int) blockSize,
            (int) blockCount);
    index.validateEntries();
    return index;
  }

  private void validateEntries() throws MalformedIndexException {
    for (int number = 0; number < blockCount; number++) {
      int word = word(number);
      int codec = word >>> ENTRY_CODEC_SHIFT;
      int stored = word & ENTRY_LENGTH_MASK;
      int plain = plainLength(number);
      boolean sound =
          codec == CODEC_ZEROS
              ? stored == 0 && hasNoDigest(number)
              : codec == Codec.NONE.wire()
                  ? stored == plain
                  : Codec.isWire(codec) && stored > 0 && stored < plain;
      if (!sound) {
        throw malformed(
            "block " + number + " has codec " + codec + " and " + stored + " stored bytes",
            "a known codec and what it makes of " + plain);
      }
    }
  }

  private boolean hasNoDigest(int number) {
    int digest = entry(number) + ENTRY_DIGEST_OFFSET;
    long bits = 0;
    for (int at = 0; at < BlockDigest.BYTES; at += Long.BYTES) {
      bits |= bytes.getLong(digest + at);
    }
    return bits == 0;
  }

  public ImageName image() {
    return image;
  }

  /** Grows by one with each pack of the image; at least 1. */
  public long version() {
    return version;
  }

  /** Length of the disk in bytes; need not be a multiple of the block size. */
  public long plainLength() {
    return plainLength;
  }

  public int blockSizeBytes() {
    return blockSizeBytes;
  }

  public int blockCount() {
    return blockCount;
  }

  /** Whether the block is all zeros: there is nothing to fetch, and no digest. */
  public boolean isZeros(int blockNumber) {
    return word(blockNumber) >>> ENTRY_CODEC_SHIFT == CODEC_ZEROS;
  }

  /** How to decompress a block that is not all zeros. */
  public Codec codec(int blockNumber) {
    return Codec.ofValidWire(requireStored(blockNumber) >>> ENTRY_CODEC_SHIFT);
  }

  /** Bytes of a block as packed: at least 1, at most its plain length. */
  public int storedLength(int blockNumber) {
    return requireStored(blockNumber) & ENTRY_LENGTH_MASK;
  }

  /** Bytes of a block as the kernel sees it: the block size, for the last block perhaps less. */
  public int plainLength(int blockNumber) {
    long start = (long) blockNumber * blockSizeBytes;
    return (int) Math.min(blockSizeBytes, plainLength - start);
  }

  /** Takes the digest of a block that is not all zeros. */
  public void digest(int blockNumber, BlockDigest into) {
    requireStored(blockNumber);
    into.set(bytes, entry(blockNumber) + ENTRY_DIGEST_OFFSET);
  }

  /** Bytes that all blocks of the image have as packed, equal blocks counted each time. */
  public long storedLengthSum() {
    long sum = 0;
    for (int number = 0; number < blockCount; number++) {
      sum += word(number) & ENTRY_LENGTH_MASK;
    }
    return sum;
  }

  private int requireStored(int blockNumber) {
    int word = word(blockNumber);
    if (word >>> ENTRY_CODEC_SHIFT == CODEC_ZEROS) {
      throw new IllegalArgumentException("block " + blockNumber + " is all zeros");
    }
    return word;
  }

  private int word(int blockNumber) {
    return bytes.getInt(entry(blockNumber) + ENTRY_WORD_OFFSET);
  }

  private int entry(int blockNumber) {
    if (blockNumber < 0 || blockNumber >= blockCount) {
      throw new IndexOutOfBoundsException(
          "block " + blockNumber + " of an image of " + blockCount + " blocks");
    }
    return entriesOffset + blockNumber * ENTRY_BYTES;
  }

  /** Id of the key that the index says it is signed by; whether it is, {@link IndexTrust} says. */
  public Optional<String> signer() {
    int trailer = bytes.limit() - TRAILER_BYTES;
    if (bytes.getInt(trailer + TRAILER_SCHEME_OFFSET) == SCHEME_UNSIGNED) {
      return Optional.empty();
    }
    byte[] key = new byte[KEY_BYTES];
    bytes.get(trailer + TRAILER_KEY_OFFSET, key);
    return Optional.of(TrustKey.idOf(key));
  }

  /** Two indexes that show the same disk by the same stored blocks, versions apart. */
  public boolean sameContent(BlockIndex other) {
    return image.equals(other.image)
        && plainLength == other.plainLength
        && blockSizeBytes == other.blockSizeBytes
        && entries().equals(other.entries());
  }

  private ByteBuffer entries() {
    return bytes.slice(entriesOffset, blockCount * ENTRY_BYTES);
  }

  static byte[] sha256(ByteBuffer bytes, int length) {
    MessageDigest sha256 = Sha256.begin();
    sha256.update(bytes.slice(0, length));
    return sha256.digest();
  }

  private static boolean allZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static MalformedIndexException malformed(String actual, String expected) {
    return new MalformedIndexException(actual + "; expected " + expected);
  }
}
