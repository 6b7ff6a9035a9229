package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.StorePath;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreListingTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private TestStore store;
  private BlockIndex first;

  @BeforeEach
  void makeStore() throws IOException {
    store = new TestStore(directory);
    first = store.add("debian", 1, TestDisk.mixed(10 * BLOCK, BLOCK, 1));
    store.add("debian", 2, TestDisk.mixed(12 * BLOCK, BLOCK, 1));
  }

  private StoreListing list() throws IOException {
    return StoreListing.of(StoreDirectory.open(store.root()));
  }

  private long blockFileBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("blocks"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void versionsAreListedOldestFirstAndOneIsCurrent() throws IOException {
    assertThat(list().versions())
        .satisfiesExactly(
            one -> {
              assertThat(one.version()).isEqualTo(1);
              assertThat(one.current()).isFalse();
              assertThat(one.plainBytes()).isEqualTo(10 * BLOCK);
            },
            two -> {
              assertThat(two.version()).isEqualTo(2);
              assertThat(two.current()).isTrue();
              assertThat(two.plainBytes()).isEqualTo(12 * BLOCK);
            });
  }

  @Test
  void storedBytesOfAllAreThoseOfTheBlockFiles() throws IOException {
    assertThat(list().storedBytes()).isEqualTo(blockFileBytes());
  }

  @Test
  void laterVersionSharesWhatTheEarlierHas() throws IOException {
    StoreListing.Version two = list().versions().get(1);

    assertThat(two.sharedBytes()).isGreaterThanOrEqualTo(first.storedLengthSum());
    assertThat(two.storedBytes() - two.sharedBytes()).isPositive();
  }

  @Test
  void damagedIndexIsAProblemAndTheOthersAreListed() throws IOException {
    TestStore.flipBit(new StorePath.Index(first.image(), 1).in(directory));

    assertThat(list().versions())
        .singleElement()
        .satisfies(v -> assertThat(v.version()).isEqualTo(2));
    assertThat(list().problems())
        .singleElement()
        .asString()
        .startsWith("image debian version 1: the index is damaged");
  }
}
