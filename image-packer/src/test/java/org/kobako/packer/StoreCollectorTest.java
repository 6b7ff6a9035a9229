package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreCollectorTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private TestStore files;
  private StoreDirectory store;

  @BeforeEach
  void makeStoreOfThreeVersions() throws IOException {
    files = new TestStore(directory.resolve("store"));
    for (int version = 1; version <= 3; version++) {
      files.add("debian", version, TestDisk.mixed(10 * BLOCK, BLOCK, version));
    }
    store = StoreDirectory.open(files.root());
  }

  private GcReport gc(int keepVersions) throws IOException {
    return StoreCollector.gc(store, Retention.ofNewest(keepVersions), Progress.NONE);
  }

  @Test
  void oldVersionsGoAndWithThemTheBlocksThatOnlyTheyName() throws IOException {
    GcReport report = gc(2);

    assertThat(report.removedVersions()).containsExactly(new StorePath.Index(DEBIAN, 1));
    assertThat(report.keptVersions()).isEqualTo(2);
    // Two blocks of noise and four of text; the one that is in all versions stays.
    assertThat(report.removedBlocks()).isEqualTo(6);
    assertThat(report.keptBlocks()).isEqualTo(13);
    assertThat(store.versions(DEBIAN)).containsExactly(2L, 3L);
    VerifyReport verified = Stores.verify(files.root());
    assertThat(verified.problems()).isEmpty();
    assertThat(verified.orphans()).isZero();
  }

  @Test
  void theCurrentVersionStaysHoweverOldItIs() throws IOException {
    Files.writeString(files.root().resolve("images/debian/current"), "1\n");

    gc(1);

    assertThat(store.versions(DEBIAN)).containsExactly(1L, 3L);
    assertThat(Stores.verify(files.root()).problems()).isEmpty();
  }

  @Test
  void aVersionThatMachinesReadStaysWhileTheyAskForIt() throws IOException {
    makeOlderThanTheGrace();
    Retention.InUse lately = new Retention.InUse(DEBIAN, 1, 3, Duration.ofMinutes(59));
    Retention.InUse longAgo = new Retention.InUse(DEBIAN, 2, 1, Duration.ofMinutes(60));

    GcReport report = gc(new Retention(1, Duration.ofHours(1), List.of(lately, longAgo)));

    assertThat(store.versions(DEBIAN)).containsExactly(1L, 3L);
    assertThat(report.keptBesides())
        .containsExactly(
            new KeptVersion.InUse(new StorePath.Index(DEBIAN, 1), 3, Duration.ofMinutes(59)));
    assertThat(Stores.verify(files.root()).problems()).isEmpty();
  }

  @Test
  void whatMachinesReadOfAnotherImageKeepsNothing() throws IOException {
    makeOlderThanTheGrace();
    Retention.InUse other = new Retention.InUse(new ImageName("other"), 1, 3, Duration.ZERO);

    GcReport report = gc(new Retention(1, Duration.ofHours(1), List.of(other)));

    assertThat(report.removedVersions()).hasSize(2);
  }

  @Test
  void aVersionThatWasCurrentLatelyStays() throws IOException {
    makeOlderThanTheGrace();
    // Version 2 is current from its own making to that of version 3.
    setModified(3, Instant.now().minus(Duration.ofMinutes(30)));

    GcReport report = gc(new Retention(1, Duration.ofHours(1), List.of()));

    assertThat(store.versions(DEBIAN)).containsExactly(2L, 3L);
    assertThat(report.keptBesides())
        .singleElement()
        .isInstanceOfSatisfying(
            KeptVersion.CurrentLately.class,
            kept -> {
              assertThat(kept.index().version()).isEqualTo(2);
              assertThat(kept.ago()).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(31));
            });
  }

  @Test
  void aClockThatWasPutBackKeepsWhatItCannotTellTheAgeOf() throws IOException {
    makeOlderThanTheGrace();
    setModified(2, Instant.now().plus(Duration.ofDays(400)));

    gc(new Retention(1, Duration.ofHours(1), List.of()));

    assertThat(store.versions(DEBIAN)).containsExactly(1L, 3L);
  }

  private GcReport gc(Retention retention) throws IOException {
    return StoreCollector.gc(store, retention, Progress.NONE);
  }

  private void makeOlderThanTheGrace() throws IOException {
    for (int version = 1; version <= 3; version++) {
      setModified(version, Instant.now().minus(Duration.ofHours(2)));
    }
  }

  private void setModified(int version, Instant time) throws IOException {
    Files.setLastModifiedTime(
        new StorePath.Index(DEBIAN, version).in(files.root()), FileTime.from(time));
  }

  @Test
  void aDryRunSaysTheSameAndRemovesNothing() throws IOException {
    files.put(new byte[] {1, 2, 3});
    var before = Stores.content(files.root());

    GcReport dry = StoreCollector.dryRun(store, Retention.ofNewest(1), Progress.NONE);

    assertThat(Stores.content(files.root())).isEqualTo(before);
    GcReport real = gc(1);
    assertThat(dry.dryRun()).isTrue();
    assertThat(dry.removedVersions()).isEqualTo(real.removedVersions());
    assertThat(dry.removedBlocks()).isEqualTo(real.removedBlocks()).isEqualTo(13);
    assertThat(dry.removedBytes()).isEqualTo(real.removedBytes());
  }

  @Test
  void anUnreadableKeptIndexStopsItBeforeAnythingIsGone() throws IOException {
    TestStore.flipBit(files.root().resolve("images/debian/2.index"));
    var before = Stores.content(files.root());

    assertThatThrownBy(() -> gc(2))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("gc removes nothing")
        .hasMessageContaining("image debian cannot be read");
    assertThat(Stores.content(files.root())).isEqualTo(before);
  }

  @Test
  void anUnreadableIndexOfAVersionThatGoesDoesNotMatter() throws IOException {
    TestStore.flipBit(files.root().resolve("images/debian/1.index"));

    assertThat(gc(2).removedVersions()).hasSize(1);
  }

  @Test
  void profilesGoWithTheirVersions() throws IOException {
    Path images = files.root().resolve("images/debian");
    Files.writeString(images.resolve("1.profile"), "profile");
    Files.writeString(images.resolve("3.profile"), "profile");

    gc(1);

    assertThat(images)
        .isDirectoryNotContaining("glob:**/1.profile")
        .isDirectoryContaining("glob:**/3.profile");
  }

  @Test
  void whatIsNoBlockIsLeftAlone() throws IOException {
    Path note = files.root().resolve("blocks/ab/README");
    Files.createDirectories(note.getParent());
    Files.writeString(note, "not ours");

    gc(1);

    assertThat(note).exists();
  }

  @Test
  void stagingOfKilledPacksGoes() throws IOException {
    Path left = files.root().resolve(".staging/other/blocks/ab");
    Files.createDirectories(left);
    Files.writeString(left.resolve("half"), "a block");

    assertThat(gc(3).removedStagings()).isEqualTo(1);
    assertThat(files.root().resolve(".staging")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 128, 200, 255})
  void stoppedInTheMiddleItLeavesAWholeStoreThatTheNextOneFinishes(int steps) throws IOException {
    int[] left = {steps};
    Progress stop =
        (what, done, total) -> {
          if (left[0]-- == 0) {
            throw new IllegalStateException("stopped");
          }
        };

    assertThatThrownBy(() -> StoreCollector.gc(store, Retention.ofNewest(1), stop))
        .hasMessage("stopped");

    assertThat(Stores.verify(files.root()).problems()).isEmpty();
    assertThat(store.versions(DEBIAN)).containsExactly(3L);
    gc(1);
    assertThat(Stores.verify(files.root()).orphans()).isZero();
  }

  @Test
  void itWaitsForAPackThatRunsAndThenKnowsItsBlocks() throws Exception {
    Path disk = Files.write(directory.resolve("disk"), TestDisk.mixed(20 * BLOCK, BLOCK, 9));
    CountDownLatch packing = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    Progress halfway =
        (what, done, total) -> {
          if (done == 10L * BLOCK) {
            packing.countDown();
            await(waiting);
          }
        };
    Progress waits =
        (what, done, total) -> {
          if (what.startsWith("waiting")) {
            waiting.countDown();
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<PackReport> pack =
          threads.submit(() -> ImagePacker.pack(Stores.request(disk, files.root()), halfway));
      packing.await();
      Future<GcReport> gc =
          threads.submit(() -> StoreCollector.gc(store, Retention.ofNewest(1), waits));

      assertThat(pack.get().version()).isEqualTo(4);
      assertThat(gc.get().keptVersions()).isEqualTo(1);
    }
    assertThat(Stores.verify(files.root()).problems()).isEmpty();
    assertThat(Stores.unpackCurrent(files.root(), DEBIAN)).hasSameBinaryContentAs(disk);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
