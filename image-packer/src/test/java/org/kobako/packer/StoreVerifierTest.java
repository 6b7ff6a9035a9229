package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockIndexWriter;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.SigningKey;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreVerifierTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private TestStore store;
  private BlockIndex index;

  @BeforeEach
  void makeStore() throws IOException {
    store = new TestStore(directory.resolve("store"));
    index = store.add("debian", 1, TestDisk.mixed(10 * BLOCK, BLOCK, 1));
  }

  private VerifyReport verify() throws IOException {
    return Stores.verify(store.root());
  }

  @Test
  void aSoundStoreIsCounted() throws IOException {
    VerifyReport report = verify();

    assertThat(report.isSound()).isTrue();
    assertThat(report.images()).isEqualTo(1);
    assertThat(report.indexes()).isEqualTo(1);
    // Ten blocks: two of zeros, two equal ones.
    assertThat(report.blocks()).isEqualTo(7);
    assertThat(report.orphans()).isZero();
  }

  @Test
  void aFlippedBitIsFound() throws IOException {
    TestStore.flipBit(store.blockFile(index, 1));

    assertThat(verify().problems())
        .singleElement()
        .asString()
        .startsWith("image debian version 1: block 1: expected digest");
  }

  @Test
  void aMissingBlockIsFound() throws IOException {
    Files.delete(store.blockFile(index, 2));

    assertThat(verify().problems())
        .singleElement()
        .asString()
        .startsWith("image debian version 1: block 2 is missing");
  }

  @Test
  void aBlockOfAnotherLengthIsFound() throws IOException {
    Files.write(store.blockFile(index, 0), new byte[5]);

    assertThat(verify().problems())
        .singleElement()
        .asString()
        .contains("expected 65536 stored bytes, found 5");
  }

  @Test
  void aBlockThatDoesNotDecompressIsFoundThoughItsDigestIsRight() throws IOException {
    byte[] noise = new byte[500];
    new java.util.Random(1).nextBytes(noise);
    try (BlockIndexWriter writer =
        BlockIndexWriter.create(
            store.root().resolve("images/debian/2.index"), DEBIAN, 2, BLOCK, BLOCK)) {
      writer.setStored(0, store.put(noise), Codec.ZLIB, noise.length);
      writer.seal(null);
    }

    assertThat(verify().problems())
        .singleElement()
        .asString()
        .startsWith("image debian version 2: zlib");
  }

  @Test
  void anIndexOfAnotherVersionIsFound() throws IOException {
    Path images = store.root().resolve("images/debian");
    Files.copy(images.resolve("1.index"), images.resolve("7.index"));

    assertThat(verify().problems())
        .singleElement()
        .asString()
        .contains("7.index is the index of image debian version 1");
  }

  @Test
  void aDamagedIndexIsFoundAndTheOthersAreVerifiedAllTheSame() throws IOException {
    store.add("other", 1, TestDisk.mixed(5 * BLOCK, BLOCK, 2));
    TestStore.flipBit(store.root().resolve("images/other/1.index"));

    VerifyReport report = verify();

    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("image other version 1: the index is damaged");
    assertThat(report.blocks()).isEqualTo(7);
  }

  @Test
  void aCurrentVersionWithoutAnIndexIsFound() throws IOException {
    Files.writeString(store.root().resolve("images/debian/current"), "9\n");

    assertThat(verify().problems())
        .containsExactly("image debian: its current version 9 has no index; pack it again");
  }

  @Test
  void anUnsignedIndexIsFoundWhereAKeyIsAskedFor() throws IOException {
    SigningKey key = SigningKey.create(directory.resolve("key"));

    VerifyReport report =
        StoreVerifier.verify(
            StoreDirectory.open(store.root()),
            new IndexTrust.SignedBy(key.trustKey()),
            Progress.NONE);

    assertThat(report.problems()).singleElement().asString().contains("the index is not signed");
  }

  @Test
  void blocksThatNoIndexNamesAreCounted() throws IOException {
    store.put(new byte[] {1, 2, 3});

    VerifyReport report = verify();

    assertThat(report.isSound()).isTrue();
    assertThat(report.orphans()).isEqualTo(1);
  }

  @Test
  void whatIsNoStoreIsNotVerified() {
    assertThatThrownBy(() -> StoreDirectory.open(directory))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("is not a store: it has no directory images");
  }
}
