package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.ANYONE;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.SigningKey;
import org.kobako.block.format.UntrustedIndexException;
import org.kobako.testing.TestDisk;

class ImagePackerTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private Path disk;
  private Path root;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = directory.resolve("disk.img");
    root = directory.resolve("store");
    Files.write(disk, TestDisk.mixed(40 * BLOCK + 1000, BLOCK, 1));
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void anImageUnpacksToTheDiskItWasPackedFrom(Codec codec) throws IOException {
    Stores.pack(Stores.request(disk, root).withCodec(codec, 0));

    assertThat(Stores.unpackCurrent(root, DEBIAN)).hasSameBinaryContentAs(disk);
    assertThat(Stores.verify(root).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK})
  void disksOfAnyLengthArePacked(int length) throws IOException {
    Files.write(disk, TestDisk.mixed(length, BLOCK, 2));

    assertThat(Stores.pack(Stores.request(disk, root)).plainBytes()).isEqualTo(length);
    assertThat(Stores.unpackCurrent(root, DEBIAN)).hasSameBinaryContentAs(disk);
  }

  @Test
  void theSameInputGivesTheSameBytesWhateverTheNumberOfWorkers() throws IOException {
    Path other = directory.resolve("other");

    Stores.pack(Stores.request(disk, root).withWorkers(1));
    Stores.pack(Stores.request(disk, other).withWorkers(4));

    assertThat(Stores.content(other)).isEqualTo(Stores.content(root));
  }

  @Test
  void equalBlocksAreStoredOnceAndBlocksOfZerosNotAtAll() throws IOException {
    PackReport report = Stores.pack(Stores.request(disk, root));

    // TestDisk: of five blocks one is noise, two are text, one is zeros, one is always the same.
    assertThat(report.blocks()).isEqualTo(41);
    assertThat(report.zeroBlocks()).isEqualTo(8);
    assertThat(report.storedBlocks()).isEqualTo(8 + 16 + 1 + 1);
    assertThat(report.sharedBlocks()).isEqualTo(7);
    assertThat(Stores.content(root.resolve("blocks"))).hasSize(26);
    assertThat(report.newBytes()).isLessThan(report.storedBytes());
    assertThat(report.storedBytes())
        .isEqualTo(Stores.current(StoreDirectory.open(root), DEBIAN).storedLengthSum());
  }

  @Test
  void aSecondImageSharesTheBlocksOfTheFirst() throws IOException {
    Stores.pack(Stores.request(disk, root));

    PackRequest second =
        PackRequest.of(disk, root, new ImageName("copy"))
            .withBlockSizeBytes(BLOCK)
            .withCodec(Codec.LZ4, 1);

    assertThat(Stores.pack(second).storedBlocks()).isZero();
    assertThat(StoreDirectory.open(root).images()).containsExactly(new ImageName("copy"), DEBIAN);
  }

  @Test
  void aBlockThatDoesNotShrinkIsStoredPlain() throws IOException {
    Stores.pack(Stores.request(disk, root));

    BlockIndex index = Stores.current(StoreDirectory.open(root), DEBIAN);
    assertThat(index.codec(0)).isEqualTo(Codec.NONE);
    assertThat(index.storedLength(0)).isEqualTo(BLOCK);
    assertThat(index.codec(1)).isEqualTo(Codec.LZ4);
  }

  @Test
  void packingTheSameAgainMakesNoNewVersion() throws IOException {
    Stores.pack(Stores.request(disk, root));

    PackReport again = Stores.pack(Stores.request(disk, root));

    assertThat(again.unchanged()).isTrue();
    assertThat(again.version()).isEqualTo(1);
    assertThat(StoreDirectory.open(root).versions(DEBIAN)).containsExactly(1L);
  }

  @Test
  void aChangedDiskBecomesTheNextVersionAndTheOldOneStays() throws IOException {
    Stores.pack(Stores.request(disk, root));
    Files.write(disk, TestDisk.mixed(10 * BLOCK, BLOCK, 3));

    PackReport report = Stores.pack(Stores.request(disk, root));

    assertThat(report.version()).isEqualTo(2);
    assertThat(report.unchanged()).isFalse();
    assertThat(StoreDirectory.open(root).currentVersion(DEBIAN)).hasValue(2);
    assertThat(StoreDirectory.open(root).versions(DEBIAN)).containsExactly(1L, 2L);
    assertThat(Stores.verify(root).indexes()).isEqualTo(2);
  }

  @Test
  void anotherSignerMakesANewVersionAndTheSameOneDoesNot() throws IOException {
    SigningKey key = SigningKey.create(directory.resolve("key"));
    Stores.pack(Stores.request(disk, root));

    PackReport signed = Stores.pack(Stores.request(disk, root).withSigningKey(key));
    PackReport again = Stores.pack(Stores.request(disk, root).withSigningKey(key));
    PackReport unsigned = Stores.pack(Stores.request(disk, root));

    assertThat(signed.version()).isEqualTo(2);
    assertThat(again.unchanged()).isTrue();
    assertThat(unsigned.version()).isEqualTo(3);
    StoreDirectory store = StoreDirectory.open(root);
    IndexTrust trust = new IndexTrust.SignedBy(key.trustKey());
    assertThat(store.readIndex(DEBIAN, 2, trust).signer()).hasValue(key.trustKey().id());
    assertThatThrownBy(() -> store.readIndex(DEBIAN, 3, trust))
        .isInstanceOf(UntrustedIndexException.class);
  }

  @Test
  void packingAgainBringsBackLostAndShortenedBlocks() throws IOException {
    Stores.pack(Stores.request(disk, root));
    StoreDirectory store = StoreDirectory.open(root);
    Files.delete(blockFile(store, 0));
    Files.write(blockFile(store, 1), new byte[10]);

    PackReport report = Stores.pack(Stores.request(disk, root));

    assertThat(report.unchanged()).isTrue();
    assertThat(report.storedBlocks()).isEqualTo(2);
    assertThat(Stores.verify(root).problems()).isEmpty();
  }

  private static Path blockFile(StoreDirectory store, int blockNumber) throws IOException {
    BlockDigest digest = new BlockDigest();
    Stores.current(store, DEBIAN).digest(blockNumber, digest);
    return store.blockFile(digest.toHex());
  }

  @Test
  void aDamagedCurrentIndexIsReplacedByANewVersion() throws IOException {
    Stores.pack(Stores.request(disk, root));
    Files.write(root.resolve("images/debian/1.index"), new byte[500]);

    assertThat(Stores.pack(Stores.request(disk, root)).version()).isEqualTo(2);
    assertThat(Stores.unpackCurrent(root, DEBIAN)).hasSameBinaryContentAs(disk);
  }

  @Test
  void packsOfOneImageAtTheSameTimeFollowEachOther() throws Exception {
    List<Future<PackReport>> packs = new ArrayList<>();
    try (ExecutorService packers = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        Path source = directory.resolve("disk" + i);
        Files.write(source, TestDisk.mixed(20 * BLOCK, BLOCK, 100 + i));
        packs.add(packers.submit(() -> Stores.pack(Stores.request(source, root))));
      }
    }

    List<Long> versions = new ArrayList<>();
    for (Future<PackReport> pack : packs) {
      versions.add(pack.get().version());
    }
    assertThat(versions).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    assertThat(Stores.verify(root).problems()).isEmpty();
    assertThat(Stores.staged(root)).isZero();
  }

  @Test
  void aSourceThatShrinksIsRefusedAndTheStoreStaysAsItWas() throws IOException {
    Stores.pack(Stores.request(disk, root));
    var before = Stores.content(root);

    assertThatThrownBy(() -> ImagePacker.pack(Stores.request(disk, root), truncateTo(20 * BLOCK)))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("changed while it was packed: it shrank");
    assertThat(Stores.content(root)).isEqualTo(before);
    assertThat(Stores.staged(root)).isZero();
  }

  private Progress truncateTo(long length) {
    return (what, done, total) -> {
      if (done == 10L * BLOCK) {
        try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
          file.truncate(length);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  @Test
  void aSourceThatGrowsOrIsWrittenIsRefused() {
    for (StandardOpenOption how : List.of(StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
      Progress meddler =
          (what, done, total) -> {
            if (done == 10L * BLOCK) {
              try {
                Files.write(disk, new byte[] {1}, how);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }
          };

      assertThatThrownBy(() -> ImagePacker.pack(Stores.request(disk, root), meddler))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("changed while it was packed");
    }
  }

  @Test
  void aSourceThatIsRemovedMeanwhileIsPackedWhole() throws IOException {
    byte[] content = Files.readAllBytes(disk);
    Progress remover =
        (what, done, total) -> {
          if (done == 10L * BLOCK) {
            assertThat(disk.toFile().delete()).isTrue();
          }
        };

    ImagePacker.pack(Stores.request(disk, root), remover);

    assertThat(Stores.unpackCurrent(root, DEBIAN)).hasBinaryContent(content);
  }

  @Test
  void aSourceThatCannotBePackedIsNamed() throws IOException {
    assertThatThrownBy(() -> Stores.pack(Stores.request(directory.resolve("gone"), root)))
        .isInstanceOf(PackerException.class)
        .hasMessageEndingWith("gone cannot be packed: it does not exist");
    Files.write(disk, new byte[0]);
    assertThatThrownBy(() -> Stores.pack(Stores.request(disk, root)))
        .isInstanceOf(PackerException.class)
        .hasMessageEndingWith("disk.img cannot be packed: it is empty");
    assertThatThrownBy(() -> Stores.pack(Stores.request(Path.of("/dev/null"), root)))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("no regular file, block device or directory");
    assertThat(StoreDirectory.open(root).images()).isEmpty();
  }

  @Test
  void aDirectoryOfOtherThingsIsNotTakenForAStore() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("letter.txt"), "dear");

    assertThatThrownBy(() -> Stores.pack(Stores.request(disk, root)))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("is not a store and not empty (there is letter.txt)");
    assertThat(root).isDirectoryNotContaining("glob:**/images");
  }

  @Test
  void aLevelThatTheCodecDoesNotHaveIsRefused() {
    assertThatThrownBy(() -> Stores.pack(Stores.request(disk, root).withCodec(Codec.ZLIB, 10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("codec zlib has levels 1..9");
  }

  @Test
  void stagingOfAKilledPackOfAnotherImageIsRemoved() throws IOException {
    Stores.pack(Stores.request(disk, root));
    Path left = root.resolve(".staging/other/blocks/ab");
    Files.createDirectories(left);
    Files.writeString(left.resolve("half"), "a block");

    Stores.pack(Stores.request(disk, root));

    assertThat(Stores.staged(root)).isZero();
  }

  @Test
  void theVersionOfAnUnpublishedIndexIsNotUsedAgain() throws IOException {
    Stores.pack(Stores.request(disk, root));
    // Killed after the index got its name and before current did.
    Files.write(disk, TestDisk.mixed(10 * BLOCK, BLOCK, 3));
    Stores.pack(Stores.request(disk, root));
    Files.writeString(root.resolve("images/debian/current"), "1\n");

    assertThat(Stores.pack(Stores.request(disk, root)).version()).isEqualTo(3);
    assertThat(StoreDirectory.open(root).readIndex(DEBIAN, 3, ANYONE).blockCount()).isEqualTo(10);
  }
}
