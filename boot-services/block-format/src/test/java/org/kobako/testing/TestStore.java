package org.kobako.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockIndexWriter;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.SigningKey;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Digesters;

/** A store made block by block, by nothing but FORMAT.md: codecs {@code none} and {@code zlib}. */
public final class TestStore {
  private final Path root;

  public TestStore(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  /**
   * Adds an image in blocks of 64 KiB, stored by zlib where that shrinks them, and makes it
   * current.
   */
  public BlockIndex add(String name, long version, byte[] disk) throws IOException {
    return add(name, version, disk, BlockSize.MIN_BYTES, Codec.ZLIB, null);
  }

  /** Adds an image and makes it the current one of its name. */
  public BlockIndex add(
      String name,
      long version,
      byte[] disk,
      int blockSizeBytes,
      Codec codec,
      @Nullable SigningKey key)
      throws IOException {
    ImageName image = new ImageName(name);
    Path indexFile = new StorePath.Index(image, version).in(root);
    Files.createDirectories(indexFile.getParent());
    try (BlockIndexWriter index =
        BlockIndexWriter.create(indexFile, image, version, disk.length, blockSizeBytes)) {
      for (int start = 0, number = 0; start < disk.length; start += blockSizeBytes, number++) {
        byte[] plain =
            Arrays.copyOfRange(disk, start, Math.min(disk.length, start + blockSizeBytes));
        if (Arrays.equals(plain, new byte[plain.length])) {
          index.setZeros(number);
          continue;
        }
        byte[] stored = codec == Codec.ZLIB ? deflate(plain) : plain;
        boolean shrinks = stored.length < plain.length;
        BlockDigest digest = put(shrinks ? stored : plain);
        index.setStored(
            number, digest, shrinks ? codec : Codec.NONE, shrinks ? stored.length : plain.length);
      }
      index.seal(key);
    }
    Files.writeString(new StorePath.Current(image).in(root), version + "\n");
    return BlockIndex.read(ByteBuffer.wrap(Files.readAllBytes(indexFile)), new IndexTrust.Anyone());
  }

  /** Adds a stored block and answers its name. */
  public BlockDigest put(byte[] stored) throws IOException {
    OffHeapBuffer bytes = OffHeapBuffer.allocate(stored.length);
    bytes.bytes().put(0, stored);
    BlockDigest digest = new BlockDigest();
    Digesters.newDigester().digest(bytes, stored.length, digest);
    Path file = new StorePath.Block(digest.toHex()).in(root);
    Files.createDirectories(file.getParent());
    Files.write(file, stored);
    return digest;
  }

  /** The file of a block of an image, to damage it. */
  public Path blockFile(BlockIndex index, int blockNumber) {
    BlockDigest digest = new BlockDigest();
    index.digest(blockNumber, digest);
    return new StorePath.Block(digest.toHex()).in(root);
  }

  /** Flips one bit in the middle of a file. */
  public static void flipBit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(file, bytes);
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater();
    deflater.setInput(plain);
    deflater.finish();
    byte[] stored = new byte[plain.length + 1024];
    int length = deflater.deflate(stored);
    deflater.end();
    return Arrays.copyOf(stored, length);
  }

  @Override
  public String toString() {
    return "store %s".formatted(root).toLowerCase(Locale.ROOT);
  }
}
