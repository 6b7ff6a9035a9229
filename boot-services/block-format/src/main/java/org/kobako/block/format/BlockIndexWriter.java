package org.kobako.block.format;

import static org.kobako.block.format.IndexLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.digest.Sha256;

/**
 * Writes an index file: entries in any order and from any thread, then {@link #seal} once.
 *
 * <p>Entries go straight to the file, 36 bytes each, so that an image of any length is packed in
 * the same memory and a full disk is an {@link IOException}, not a fault on a mapped page. Every
 * block must have been set before {@code seal}: with one that was not it fails, or the index is
 * malformed.
 */
public final class BlockIndexWriter implements AutoCloseable {
  private static final int SECTION_COUNT = 2;
  private static final int IMAGE_OFFSET = HEADER_BYTES + SECTION_COUNT * DIRECTORY_ENTRY_BYTES;
  private static final int COPY_BYTES = 64 << 10;

  private final FileChannel file;
  private final int blockCount;
  private final long blocksOffset;
  private final long trailerOffset;

  private BlockIndexWriter(
      FileChannel file, int blockCount, long blocksOffset, long trailerOffset) {
    this.file = file;
    this.blockCount = blockCount;
    this.blocksOffset = blocksOffset;
    this.trailerOffset = trailerOffset;
  }

  /**
   * Begins an index in a new file.
   *
   * @throws IllegalArgumentException if the image is too long for an index of 2 GiB
   */
  public static BlockIndexWriter create(
      Path newFile, ImageName image, long version, long plainLength, int blockSizeBytes)
      throws IOException {
    if (!StorePath.isVersion(version) || plainLength < 0 || !BlockSize.isValid(blockSizeBytes)) {
      throw new IllegalArgumentException(
          "version " + version + ", " + plainLength + " bytes in blocks of " + blockSizeBytes);
    }
    byte[] name = image.value().getBytes(StandardCharsets.US_ASCII);
    int imageLength = IMAGE_NAME_OFFSET + name.length;
    long blocksOffset = aligned(IMAGE_OFFSET + (long) imageLength);
    long blockCount = BlockSize.blocksOf(plainLength, blockSizeBytes);
    if (blockCount > (MAX_FILE_BYTES - TRAILER_BYTES - blocksOffset) / ENTRY_BYTES) {
      throw new IllegalArgumentException(
          "an image of " + plainLength + " bytes is too long: use larger blocks");
    }
    long trailerOffset = blocksOffset + blockCount * ENTRY_BYTES;
    ByteBuffer head = ByteBuffer.allocate((int) blocksOffset).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(MAGIC_OFFSET, MAGIC)
        .putShort(FORMAT_VERSION_OFFSET, (short) FORMAT_VERSION)
        .putShort(SECTION_COUNT_OFFSET, (short) SECTION_COUNT)
        .putLong(FILE_LENGTH_OFFSET, trailerOffset + TRAILER_BYTES);
    putSection(head, 0, TYPE_IMAGE, IMAGE_OFFSET, imageLength);
    putSection(head, 1, TYPE_BLOCKS, blocksOffset, blockCount * ENTRY_BYTES);
    head.putLong(IMAGE_OFFSET + IMAGE_VERSION_OFFSET, version)
        .putLong(IMAGE_OFFSET + IMAGE_PLAIN_LENGTH_OFFSET, plainLength)
        .putInt(IMAGE_OFFSET + IMAGE_BLOCK_SIZE_OFFSET, blockSizeBytes)
        .putInt(IMAGE_OFFSET + IMAGE_NAME_LENGTH_OFFSET, name.length)
        .put(IMAGE_OFFSET + IMAGE_NAME_OFFSET, name);
    FileChannel file =
        FileChannel.open(
            newFile,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    BlockIndexWriter writer =
        new BlockIndexWriter(file, (int) blockCount, blocksOffset, trailerOffset);
    try {
      writer.writeFully(head, 0);
      return writer;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void putSection(ByteBuffer head, int i, int type, long offset, long length) {
    int entry = HEADER_BYTES + i * DIRECTORY_ENTRY_BYTES;
    head.putShort(entry + SECTION_TYPE_OFFSET, (short) type)
        .putShort(entry + SECTION_FLAGS_OFFSET, (short) FLAG_REQUIRED)
        .putLong(entry + SECTION_OFFSET_OFFSET, offset)
        .putLong(entry + SECTION_LENGTH_OFFSET, length);
  }

  /** Sets the entry of a block that has stored bytes. */
  public void setStored(int blockNumber, BlockDigest digest, Codec codec, int storedLength)
      throws IOException {
    if (storedLength < 1 || storedLength > BlockSize.MAX_BYTES) {
      throw new IllegalArgumentException("a block cannot have " + storedLength + " stored bytes");
    }
    setEntry(blockNumber, digest, codec.wire() << ENTRY_CODEC_SHIFT | storedLength);
  }

  /** Sets the entry of a block that is all zeros. */
  public void setZeros(int blockNumber) throws IOException {
    setEntry(blockNumber, new BlockDigest(), CODEC_ZEROS << ENTRY_CODEC_SHIFT);
  }

  private void setEntry(int blockNumber, BlockDigest digest, int word) throws IOException {
    if (blockNumber < 0 || blockNumber >= blockCount) {
      throw new IndexOutOfBoundsException("block " + blockNumber + " of " + blockCount);
    }
    ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    entry.put(ENTRY_DIGEST_OFFSET, digest.bytes()).putInt(ENTRY_WORD_OFFSET, word);
    writeFully(entry, blocksOffset + (long) blockNumber * ENTRY_BYTES);
  }

  /** Writes the trailer, signed where a key is given, and forces the file to the disk. */
  public void seal(@Nullable SigningKey key) throws IOException {
    byte[] digest = digestOfContent();
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    trailer.put(TRAILER_DIGEST_OFFSET, digest);
    if (key != null) {
      trailer
          .putInt(TRAILER_SCHEME_OFFSET, SCHEME_ED25519)
          .put(TRAILER_KEY_OFFSET, key.trustKey().point())
          .put(TRAILER_SIGNATURE_OFFSET, key.sign(digest));
    }
    writeFully(trailer, trailerOffset);
    file.force(true);
  }

  private byte[] digestOfContent() throws IOException {
    MessageDigest sha256 = Sha256.begin();
    ByteBuffer part = ByteBuffer.allocate(COPY_BYTES);
    for (long offset = 0; offset < trailerOffset; ) {
      part.clear().limit((int) Math.min(COPY_BYTES, trailerOffset - offset));
      int length = file.read(part, offset);
      if (length < 0) {
        throw new IOException("the index file is " + (trailerOffset - offset) + " bytes short");
      }
      sha256.update(part.flip());
      offset += length;
    }
    return sha256.digest();
  }

  private void writeFully(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
