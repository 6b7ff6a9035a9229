package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.ANYONE;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.StorePath;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreUploadTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private TestStore packed;
  private BlockIndex index;
  private StoreDirectory store;

  @BeforeEach
  void packElsewhere() throws IOException {
    packed = new TestStore(directory.resolve("packed"));
    index = packed.add("debian", 1, TestDisk.mixed(200 * BLOCK, BLOCK, 1));
    store = StoreDirectory.openOrCreate(directory.resolve("store"));
  }

  private StoreUpload begin() throws IOException {
    try (InputStream bytes =
        Files.newInputStream(new StorePath.Index(DEBIAN, 1).in(packed.root()))) {
      return StoreUpload.begin(store, DEBIAN, 1, bytes, ANYONE);
    }
  }

  private void put(StoreUpload upload, int number) throws IOException {
    try (InputStream bytes = Files.newInputStream(packed.blockFile(index, number))) {
      upload.put(number, bytes);
    }
  }

  @Test
  void aVersionIsCurrentWhenAllItsBlocksAreThereWhoeverSendsThem() throws Exception {
    try (StoreUpload upload = begin();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Integer> missing = upload.missing(0).numbers();
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < missing.size(); i++) {
        int number = missing.get(i);
        boolean asksBetween = i % 20 == 0;
        sent.add(
            threads.submit(() -> {
              put(upload, number);
              put(upload, number); // twice does no harm
              if (asksBetween) {
                upload.missing(0);
              }
              return null;
            }));
      }
      for (Future<?> each : sent) {
        each.get();
      }
      upload.publish();
    }
    assertThat(store.currentVersion(DEBIAN)).hasValue(1);
    assertThat(Stores.verify(store.root()).problems()).isEmpty();
    assertThat(Stores.content(store.root())).isEqualTo(Stores.content(packed.root()));
    assertThat(Stores.staged(store.root())).isZero();
  }

  @Test
  void whatHasComeNeedNotBeSentAgain() throws IOException {
    int half;
    int last;
    try (StoreUpload upload = begin()) {
      List<Integer> missing = upload.missing(0).numbers();
      half = missing.size() / 2;
      last = missing.getLast();
      for (int number : missing.subList(0, half)) {
        put(upload, number);
      }
      assertThat(upload.missing(0).numbers().size()).isLessThanOrEqualTo(missing.size() - half);
      put(upload, last); // staged, and not named yet
    }
    assertThat(Stores.staged(store.root())).isZero();
    assertThat(store.currentVersion(DEBIAN)).isEmpty();

    try (StoreUpload upload = begin()) {
      List<Integer> missing = upload.missing(0).numbers();
      assertThat(missing).isNotEmpty().doesNotContain(last);
      for (int number : missing) {
        put(upload, number);
      }
      upload.publish();
    }
    assertThat(Stores.verify(store.root()).problems()).isEmpty();
  }

  @Test
  void aBlockOfOtherBytesGetsNoName() throws IOException {
    try (StoreUpload upload = begin()) {
      int number = upload.missing(0).numbers().getFirst();
      byte[] block = Files.readAllBytes(packed.blockFile(index, number));
      byte[] wrong = block.clone();
      wrong[wrong.length - 1] ^= 1;

      assertThatThrownBy(() -> upload.put(number, new ByteArrayInputStream(wrong)))
          .isInstanceOf(RefusedUploadException.class)
          .hasMessageContaining("has other bytes than the index says");
      assertThatThrownBy(() ->
              upload.put(number, new ByteArrayInputStream(Arrays.copyOf(block, block.length - 1))))
          .hasMessageContaining("is cut off with ");

      assertThat(upload.missing(0).numbers()).contains(number);
      assertThat(Stores.content(store.root())).isEmpty();
    }
  }

  @Test
  void anIncompleteVersionIsNotPublished() throws IOException {
    try (StoreUpload upload = begin()) {
      assertThatThrownBy(upload::publish)
          .isInstanceOf(RefusedUploadException.class)
          .hasMessageContaining("is not here: ask which are missing");
    }
    assertThat(store.versions(DEBIAN)).isEmpty();
  }

  @Test
  void whoUploadsHoldsTheImage() throws IOException {
    try (StoreUpload upload = begin()) {
      assertThat(upload.isUnchanged()).isFalse();
      assertThatThrownBy(this::begin).isInstanceOf(StoreBusyException.class);
      assertThatThrownBy(
              () -> StoreCollector.gcUnlessBusy(store, Retention.ofNewest(1), Progress.NONE))
          .isInstanceOf(StoreBusyException.class);
    }
    try (StoreUpload next = begin()) {
      assertThat(next.version()).isEqualTo(1);
    }
  }
}
