package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockIndexWriter;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;

class NamedBlocksTest {
  private static final int BLOCKS = 5000;

  @TempDir Path directory;
  private final List<BlockIndex> indexes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  @BeforeEach
  void makeIndexesThatShareHalfOfTheirBlocks() throws IOException {
    for (int version = 1; version <= 2; version++) {
      Random shared = new Random(7);
      Random own = new Random(version);
      Path file = directory.resolve(version + ".index");
      try (BlockIndexWriter writer =
          BlockIndexWriter.create(
              file, Stores.DEBIAN, version, (long) BLOCKS * BlockSize.MIN_BYTES, 65536)) {
        for (int number = 0; number < BLOCKS; number++) {
          BlockDigest digest = new BlockDigest();
          (number % 2 == 0 ? shared : own).nextBytes(digest.bytes());
          writer.setStored(number, digest, Codec.LZ4, 1000);
          names.add(digest.toHex());
        }
        writer.seal(null);
      }
      indexes.add(StoreDirectory.readIndexFile(file, Stores.ANYONE));
    }
  }

  @Test
  void overAllPassesEachBlockComesOnceInThePassOfItsFirstByte() throws IOException {
    for (int passes : new int[] {1, 4, 256}) {
      List<String> visited = new ArrayList<>();
      for (int pass = 0; pass < passes; pass++) {
        int from = NamedBlocks.firstByteOf(pass, passes);
        int to = NamedBlocks.firstByteOf(pass + 1, passes);
        new NamedBlocks(indexes)
            .addAll(
                pass,
                passes,
                (index, number) -> {
                  BlockDigest digest = new BlockDigest();
                  index.digest(number, digest);
                  assertThat(digest.bytes()[0] & 0xff).isBetween(from, to - 1);
                  visited.add(digest.toHex());
                });
      }
      assertThat(visited).hasSize(BLOCKS * 3 / 2).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void whatIsNamedIsContainedAndNothingElse() throws IOException {
    NamedBlocks blocks = new NamedBlocks(indexes);
    blocks.addAll(0, 1, null);

    assertThat(names).allMatch(name -> blocks.contains(BlockDigest.ofHex(name)));
    Random random = new Random(99);
    for (int i = 0; i < 1000; i++) {
      BlockDigest other = new BlockDigest();
      random.nextBytes(other.bytes());
      assertThat(blocks.contains(other)).isFalse();
    }
  }

  @Test
  void aStoreOfAnySizeIsWorkedOverInPassesOfAboutAMillionBlocks() {
    assertThat(NamedBlocks.passes(indexes)).isEqualTo(1);
    List<BlockIndex> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.addAll(indexes);
    }
    // Ten million entries.
    assertThat(NamedBlocks.passes(many)).isEqualTo(16);
  }
}
