package org.kobako.block.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.fetch.UpstreamState;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.MalformedIndexException;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.SigningKey;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.TrustKey;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.UntrustedIndexException;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.FaultyBox.Fault;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

@Timeout(60)
class AttachedImageTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path temp;

  private byte[] disk = new byte[0];
  private TestStore store = new TestStore(Path.of("unset"));

  @BeforeEach
  void packADisk() throws IOException {
    disk = TestDisk.mixed(20 * BLOCK + 777, BLOCK, 1);
    store = new TestStore(temp.resolve("store"));
    store.add("disk", 1, disk);
  }

  @Test
  void everyByteIsTheSource() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      assertThat(image.disk().lengthBytes()).isEqualTo(disk.length);
      assertThat(readAll(image.disk())).isEqualTo(disk);
    }
  }

  @Test
  void requestsSayWhichVersionTheMachineReads() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      readAll(image.disk());

      assertThat(box.agents())
          .filteredOn(request -> request.contains("/blocks/"))
          .isNotEmpty()
          .allMatch(request -> request.endsWith(" by kobako disk/1"));
      assertThat(box.agents()).contains("GET /images/disk/1.index HTTP/1.1 by kobako");
    }
  }

  @Test
  void aMachineThatReadsNothingLetsAllBoxesKnowOfItself() throws IOException {
    try (FaultyBox one = new FaultyBox(store.root());
        FaultyBox other = new FaultyBox(store.root());
        AttachedImage image =
            AttachedImage.open(
                AttachConfig.of(
                    new ImageName("disk"),
                    List.of(UpstreamUrl.parse(one.url()), UpstreamUrl.parse(other.url()))),
                Duration.ofMillis(50))) {
      assertThat(image.index().version()).isEqualTo(1);
      for (FaultyBox box : List.of(one, other)) {
        Peer.await(
            "the box knows the machine",
            Duration.ofSeconds(10),
            () -> box.agents().contains("GET /images/disk/current HTTP/1.1 by kobako disk/1"));
      }
    }
  }

  @Test
  void readsOfAnyOffsetAndLengthAreRight() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      Reply reply = image.disk().newReply();
      Random random = new Random(5);
      for (int i = 0; i < 2000; i++) {
        int offset = random.nextInt(disk.length);
        int length = Math.min(disk.length - offset, random.nextInt(3 * BLOCK));
        assertThat(read(image.disk(), reply, offset, length))
            .isEqualTo(Arrays.copyOfRange(disk, offset, offset + length));
      }
    }
  }

  @Test
  void blocksOfZerosAreNeverFetched() throws IOException {
    store.add("zeros", 1, new byte[10 * BLOCK]);
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box, "zeros")) {
      assertThat(readAll(image.disk())).isEqualTo(new byte[10 * BLOCK]);
      assertThat(box.blockRequests()).isZero();
      assertThat(image.disk().isHole(0)).isTrue();
      assertThat(image.disk().runEnd(0)).isEqualTo(10 * BLOCK);
    }
  }

  @Test
  void aBlockReadInPartIsFetchedOnce() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      Reply reply = image.disk().newReply();
      for (int i = 0; i < 50; i++) {
        read(image.disk(), reply, BLOCK + i * 100, 100);
      }
      assertThat(image.counters().fetches()).isEqualTo(1);
    }
  }

  @Test
  void whatIsInMemoryIsToldFromWhatIsNot() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      assertThat(image.disk().isCached(BLOCK, BLOCK)).isFalse();
      read(image.disk(), image.disk().newReply(), BLOCK, 100);
      assertThat(image.disk().isCached(BLOCK, BLOCK)).isTrue();
      assertThat(image.disk().isCached(BLOCK, BLOCK + 1)).isFalse();
      assertThat(image.disk().isHole(3 * BLOCK)).isTrue();
      assertThat(image.disk().isCached(3 * BLOCK, BLOCK)).isTrue();
    }
  }

  /** Every fault but those whose answer is sound after all. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "CHUNKED", "UNTIL_CLOSE", "CLOSE_SILENTLY"})
  void aFaultOfOneBoxOfTwoIsInvisible(Fault fault) throws IOException {
    try (FaultyBox faulty = new FaultyBox(store.root()).with(fault);
        FaultyBox sound = new FaultyBox(store.root());
        AttachedImage image = attach(faulty, sound)) {
      assertThat(readAll(image.disk())).isEqualTo(disk);
      assertThat(faulty.blockRequests()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CHUNKED", "UNTIL_CLOSE", "CLOSE_SILENTLY"})
  void anUnusualAnswerIsAnAnswer(Fault unusual) throws IOException {
    try (FaultyBox box = new FaultyBox(store.root()).with(unusual);
        AttachedImage image = attach(box)) {
      assertThat(readAll(image.disk())).isEqualTo(disk);
      assertThat(image.counters().unreachableAnswers()).isZero();
    }
  }

  @Test
  void aBlockThatIsCorruptEverywhereFailsAloneAndAtOnce() throws IOException {
    TestStore.flipBit(store.blockFile(packed(), 1));
    try (FaultyBox one = new FaultyBox(store.root());
        FaultyBox two = new FaultyBox(store.root());
        AttachedImage image = attach(one, two)) {
      Reply reply = image.disk().newReply();
      assertThatThrownBy(() -> read(image.disk(), reply, BLOCK + 5, 10))
          .isInstanceOf(CorruptBlockException.class)
          .hasMessageContaining("block 1");
      assertThat(read(image.disk(), reply, 2 * BLOCK, BLOCK))
          .isEqualTo(Arrays.copyOfRange(disk, 2 * BLOCK, 3 * BLOCK));
    }
  }

  @Test
  void aBlockThatNoBoxHasFailsAtOnce() throws IOException {
    Files.delete(store.blockFile(packed(), 1));
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = attach(box)) {
      assertThatThrownBy(() -> read(image.disk(), image.disk().newReply(), BLOCK, 10))
          .isInstanceOf(MissingBlockException.class);
    }
  }

  @Test
  void aPoisonedCacheIsAskedForAFreshCopy() throws IOException {
    try (FaultyBox cache = new FaultyBox(store.root()).with(Fault.FLIP_BIT).soundPastCaches();
        AttachedImage image = attach(cache)) {
      assertThat(readAll(image.disk())).isEqualTo(disk);
      assertThat(image.counters().corruptAnswers()).isPositive();
    }
  }

  @Test
  void aBoxThatDiesIsReplacedAndUsedAgainWhenItIsBack() throws IOException {
    FaultyBox first = new FaultyBox(store.root());
    try (FaultyBox second = new FaultyBox(store.root());
        AttachedImage image = attach(first, second)) {
      Reply reply = image.disk().newReply();
      readWholeBlocks(image.disk(), reply);
      first.close();
      Peer.await(
          "a fetch from the first box fails",
          Duration.ofSeconds(10),
          () -> {
            readWholeBlocks(image.disk(), reply);
            return image.upstreamStates().getFirst() != UpstreamState.HEALTHY;
          });
      try (FaultyBox again = new FaultyBox(store.root(), first.port())) {
        Peer.await(
            "the first box is healthy again",
            Duration.ofSeconds(20),
            () -> image.upstreamStates().getFirst() == UpstreamState.HEALTHY);
        second.close();
        readWholeBlocks(image.disk(), reply);
        assertThat(again.blockRequests()).isPositive();
      }
    }
  }

  @Test
  void theOnlyBoxMayBeAwayForAWhile() throws IOException {
    FaultyBox box = new FaultyBox(store.root());
    try (AttachedImage image = attach(box)) {
      box.close();
      Thread.ofPlatform()
          .start(() -> {
            try {
              Thread.sleep(1500);
              FaultyBox unused = new FaultyBox(store.root(), box.port());
              assertThat(unused.port()).isEqualTo(box.port());
            } catch (IOException | InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(readAll(image.disk())).isEqualTo(disk);
    }
  }

  @Test
  void patienceIsBounded() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image =
            AttachedImage.open(config("disk", null, 1, Duration.ofMillis(300), List.of(box)))) {
      box.with(Fault.HANG_UP);
      assertThatThrownBy(() -> read(image.disk(), image.disk().newReply(), 0, 10))
          .isInstanceOf(UnreachableSourceException.class);
    }
  }

  @Test
  void theNewestVersionThatAnyBoxHasIsAttached() throws IOException {
    TestStore newer = new TestStore(temp.resolve("newer"));
    byte[] newDisk = TestDisk.mixed(3 * BLOCK, BLOCK, 2);
    newer.add("disk", 2, newDisk);
    try (FaultyBox old = new FaultyBox(store.root());
        FaultyBox fresh = new FaultyBox(newer.root());
        AttachedImage image = attach(old, fresh)) {
      assertThat(image.index().version()).isEqualTo(2);
      assertThat(readAll(image.disk())).isEqualTo(newDisk);
    }
  }

  @Test
  void anIndexThatIsCutShortIsTakenFromTheNextUpstream() throws IOException {
    TestStore broken = new TestStore(temp.resolve("broken"));
    broken.add("disk", 9, disk);
    Path index = new StorePath.Index(new ImageName("disk"), 9).in(broken.root());
    Files.write(index, Arrays.copyOf(Files.readAllBytes(index), 300));
    try (FaultyBox bad = new FaultyBox(broken.root());
        FaultyBox good = new FaultyBox(store.root());
        AttachedImage image = attach(bad, good)) {
      assertThat(image.index().version()).isEqualTo(1);
    }
    try (FaultyBox bad = new FaultyBox(broken.root())) {
      assertThatThrownBy(() -> attach(bad))
          .isInstanceOf(MalformedIndexException.class)
          .hasMessageContaining("says it has");
    }
  }

  @Test
  void anImageThatNobodyHasIsNamedInTheError() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root())) {
      assertThatThrownBy(() -> attach(box, "nothing"))
          .isInstanceOf(MissingBlockException.class)
          .hasMessageContaining("image nothing cannot be attached")
          .hasMessageContaining("404");
    }
  }

  @Test
  void whereAKeyIsGivenOnlyItsSignatureCounts() throws IOException {
    SigningKey ours = SigningKey.create(temp.resolve("ours"));
    SigningKey theirs = SigningKey.create(temp.resolve("theirs"));
    store.add("signed", 1, disk, BLOCK, Codec.ZLIB, ours);
    store.add("foreign", 1, disk, BLOCK, Codec.ZLIB, theirs);
    try (FaultyBox box = new FaultyBox(store.root())) {
      attachTrusting("signed", ours.trustKey(), box).close();
      assertThatThrownBy(() -> attachTrusting("disk", ours.trustKey(), box))
          .isInstanceOf(UntrustedIndexException.class)
          .hasMessageContaining("not signed");
      assertThatThrownBy(() -> attachTrusting("foreign", ours.trustKey(), box))
          .isInstanceOf(UntrustedIndexException.class)
          .hasMessageContaining(theirs.trustKey().id());
    }
  }

  @Test
  void anotherImagesIndexUnderThisNameIsRefused() throws IOException {
    Path directory = temp.resolve("store/images");
    Files.createDirectories(directory.resolve("renamed"));
    Files.copy(directory.resolve("disk/1.index"), directory.resolve("renamed/1.index"));
    Files.copy(directory.resolve("disk/current"), directory.resolve("renamed/current"));
    try (FaultyBox box = new FaultyBox(store.root())) {
      assertThatThrownBy(() -> attach(box, "renamed"))
          .isInstanceOf(UntrustedIndexException.class)
          .hasMessageContaining("of image disk");
    }
  }

  @Test
  void aVersionOlderThanOneSeenBeforeIsRefused() throws IOException {
    SigningKey key = SigningKey.create(temp.resolve("key"));
    store.add("signed", 7, disk, BLOCK, Codec.ZLIB, key);
    try (FaultyBox box = new FaultyBox(store.root())) {
      attachTrusting("signed", key.trustKey(), box).close();
      store.add("signed", 6, disk, BLOCK, Codec.ZLIB, key);
      assertThatThrownBy(() -> attachTrusting("signed", key.trustKey(), box))
          .isInstanceOf(UntrustedIndexException.class)
          .hasMessageContaining("version 7 was seen before");
    }
  }

  @Test
  void aVersionOlderThanTheOldestAllowedIsRefused() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root())) {
      assertThatThrownBy(() ->
              AttachedImage.open(
                  config("disk", null, 2, AttachConfig.DEFAULT_PATIENCE, List.of(box))))
          .isInstanceOf(UntrustedIndexException.class)
          .hasMessageContaining("older than the oldest allowed");
    }
  }

  private AttachedImage attach(FaultyBox... boxes) throws IOException {
    return AttachedImage.open(
        config("disk", null, 1, AttachConfig.DEFAULT_PATIENCE, List.of(boxes)));
  }

  private AttachedImage attach(FaultyBox box, String name) throws IOException {
    return AttachedImage.open(config(name, null, 1, AttachConfig.DEFAULT_PATIENCE, List.of(box)));
  }

  private AttachedImage attachTrusting(String name, TrustKey key, FaultyBox box)
      throws IOException {
    return AttachedImage.open(config(name, key, 1, AttachConfig.DEFAULT_PATIENCE, List.of(box)));
  }

  private AttachConfig config(
      String name,
      @Nullable TrustKey trust,
      long minVersion,
      Duration patience,
      List<FaultyBox> boxes) {
    return new AttachConfig(
        new ImageName(name),
        OptionalLong.empty(),
        boxes.stream().map(FaultyBox::url).map(UpstreamUrl::parse).toList(),
        null,
        trust,
        minVersion,
        temp.resolve("seen"),
        patience,
        ReadPathConfig.DEFAULT);
  }

  /** From the last to the first, so that nothing is read ahead and nothing kept in slots. */
  private void readWholeBlocks(Disk image, Reply reply) throws IOException {
    for (int start = (disk.length - 1) / BLOCK * BLOCK; start >= 0; start -= BLOCK) {
      int end = Math.min(disk.length, start + BLOCK);
      assertThat(read(image, reply, start, end - start))
          .isEqualTo(Arrays.copyOfRange(disk, start, end));
    }
  }

  private BlockIndex packed() throws IOException {
    byte[] index =
        Files.readAllBytes(new StorePath.Index(new ImageName("disk"), 1).in(store.root()));
    return BlockIndex.read(ByteBuffer.wrap(index), new IndexTrust.Anyone());
  }

  private static byte[] readAll(Disk disk) throws IOException {
    Reply reply = disk.newReply();
    byte[] all = new byte[(int) disk.lengthBytes()];
    int step = 100_000;
    for (int at = 0; at < all.length; at += step) {
      int length = Math.min(step, all.length - at);
      System.arraycopy(read(disk, reply, at, length), 0, all, at, length);
    }
    return all;
  }

  private static byte[] read(Disk disk, Reply reply, long offset, int length) throws IOException {
    disk.read(offset, length, reply);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    Stream.of(reply.buffers()).skip(1).limit(reply.parts()).forEach(bytes::put);
    reply.release();
    assertThat(bytes.hasRemaining()).isFalse();
    return bytes.array();
  }
}
