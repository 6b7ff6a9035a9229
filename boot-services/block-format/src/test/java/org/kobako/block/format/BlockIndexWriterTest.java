package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.testing.Peer;

class BlockIndexWriterTest {
  private static final ImageName DEBIAN = new ImageName("debian");
  private static final int BLOCK_BYTES = CraftedIndex.BLOCK_BYTES;

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("7.index");
  }

  private BlockIndexWriter writer(long plainLength) throws IOException {
    return BlockIndexWriter.create(file(), DEBIAN, 7, plainLength, BLOCK_BYTES);
  }

  private BlockIndex read() throws IOException {
    return BlockIndex.read(ByteBuffer.wrap(Files.readAllBytes(file())), new IndexTrust.Anyone());
  }

  private static BlockDigest digest() {
    BlockDigest digest = new BlockDigest();
    digest.set(ByteBuffer.wrap(CraftedIndex.DIGEST), 0);
    return digest;
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws Exception {
    try (BlockIndexWriter writer = writer(CraftedIndex.PLAIN_LENGTH)) {
      writer.setStored(2, digest(), Codec.NONE, 1000);
      writer.setZeros(1);
      writer.setStored(0, digest(), Codec.ZLIB, 500);
      writer.seal(null);
    }
    assertThat(file()).hasBinaryContent(new CraftedIndex().bytes());
  }

  @Test
  void theSameKeySignsTheSameBytesWithTheSameSignature() throws Exception {
    SigningKey key = SigningKey.create(directory);
    try (BlockIndexWriter writer = writer(CraftedIndex.PLAIN_LENGTH)) {
      writer.setStored(0, digest(), Codec.ZLIB, 500);
      writer.setZeros(1);
      writer.setStored(2, digest(), Codec.NONE, 1000);
      writer.seal(key);
    }
    assertThat(file()).hasBinaryContent(new CraftedIndex().signedBy(key));
  }

  @Test
  void entriesMayBeSetByManyThreads() throws Exception {
    int blocks = 2000;
    try (BlockIndexWriter writer = writer((long) blocks * BLOCK_BYTES)) {
      IntStream.range(0, blocks)
          .parallel()
          .forEach(number -> {
            try {
              writer.setStored(number, digest(), Codec.LZ4, number + 1);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      writer.seal(null);
    }
    BlockIndex index = read();
    for (int number = 0; number < blocks; number++) {
      assertThat(index.storedLength(number)).isEqualTo(number + 1);
    }
  }

  @Test
  void anIndexWithAForgottenBlockIsMalformed() throws Exception {
    try (BlockIndexWriter writer = writer(3L * BLOCK_BYTES)) {
      writer.setZeros(0);
      writer.setZeros(2);
      writer.seal(null);
    }
    assertThatThrownBy(this::read)
        .isInstanceOf(MalformedIndexException.class)
        .hasMessageContaining("block 1 has codec 0 and 0 stored bytes");
  }

  @Test
  void anIndexWhoseLastBlockWasForgottenIsNotSealed() throws Exception {
    try (BlockIndexWriter writer = writer(3L * BLOCK_BYTES)) {
      writer.setZeros(0);
      assertThatThrownBy(() -> writer.seal(null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("72 bytes short");
    }
  }

  @Test
  void anIndexThatWasNotSealedIsMalformed() throws Exception {
    try (BlockIndexWriter writer = writer(2L * BLOCK_BYTES)) {
      writer.setZeros(0);
      writer.setZeros(1);
    }
    assertThatThrownBy(this::read).isInstanceOf(MalformedIndexException.class);
  }

  @Test
  void anIndexIsNeverOverwritten() throws Exception {
    Files.writeString(file(), "an index");
    assertThatThrownBy(() -> writer(1000)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file()).hasContent("an index");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1000, 65536",
    "-1, 1000, 65536",
    "1000000000000000000, 1000, 65536",
    "1, -1, 65536",
    "1, 1000, 65535",
    "1, 1000, 2097152",
    "1, 9223372036854775807, 1048576" // more entries than 2 GiB hold
  })
  void whatNoIndexCanTellIsRefusedBeforeAFileIsMade(
      long version, long plainLength, int blockSizeBytes) {
    assertThatThrownBy(
            () -> BlockIndexWriter.create(file(), DEBIAN, version, plainLength, blockSizeBytes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(file()).doesNotExist();
  }

  @Test
  void anEntryOutsideTheImageIsRefused() throws Exception {
    try (BlockIndexWriter writer = writer(1000)) {
      assertThatThrownBy(() -> writer.setZeros(1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> writer.setZeros(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> writer.setStored(0, digest(), Codec.ZLIB, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.setStored(0, digest(), Codec.ZLIB, (1 << 20) + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFullDiskIsAnIoException() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    Peer.run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk.toString()).succeeded();
    try (BlockIndexWriter writer =
        BlockIndexWriter.create(disk.resolve("7.index"), DEBIAN, 7, 1L << 30, BLOCK_BYTES)) {
      assertThatThrownBy(
              () -> {
                for (int number = 0; number < 1 << 14; number++) {
                  writer.setZeros(number);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
    } finally {
      Peer.run("umount", disk.toString()).succeeded();
    }
  }
}
