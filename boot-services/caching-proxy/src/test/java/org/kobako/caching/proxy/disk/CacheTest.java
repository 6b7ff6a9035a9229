package org.kobako.caching.proxy.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;

class CacheTest {
  @TempDir private Path scratch;

  private Path directory() {
    return scratch.resolve("cache");
  }

  private Cache open() throws IOException {
    return Cache.open(directory(), 1000, 10 << 20);
  }

  private static StorePath.Block nameOf(byte[] bytes) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return new StorePath.Block(HexFormat.of().formatHex(digest));
  }

  private static byte[] read(Cache cache, StorePath.Block block) throws IOException {
    try (JailedFile file = cache.open(block).orElseThrow()) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.lengthBytes());
      file.channel().read(bytes);
      return bytes.array();
    }
  }

  @Test
  void aDirectoryThatHoldsSomethingElseIsLeftAlone() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("thesis.txt"), "mine");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no cache and not empty");
    assertThat(directory().resolve("thesis.txt")).hasContent("mine");
  }

  @Test
  void twoBoxesDoNotShareOne() throws Exception {
    try (Cache first = open()) {
      assertThatThrownBy(this::open).hasMessageContaining("is used by another box");
      assertThat(first.blocks()).isZero();
    }
    open().close();
  }

  @Test
  void foreignFilesStayAndUnfinishedOnesGo() throws Exception {
    open().close();
    Path foreign = Files.createDirectories(directory().resolve("blocks/ab")).resolve("notes.txt");
    Files.writeString(foreign, "mine");
    Path unfinished = Files.writeString(directory().resolve("incoming/7"), "half");
    try (Cache cache = open()) {
      assertThat(unfinished).doesNotExist();
      assertThat(foreign).exists();
      assertThat(cache.blocks()).isZero();
    }
  }

  @Test
  void aBlockOfAnotherTimeIsServedWhenItsBytesWereSeen() throws Exception {
    byte[] bytes = {1, 2, 3};
    StorePath.Block block = nameOf(bytes);
    try (Cache cache = open()) {
      cache.put(block, ByteBuffer.wrap(bytes));
      assertThat(read(cache, block)).isEqualTo(bytes);
    }
    try (Cache cache = open()) {
      assertThat(cache.open(block)).isEmpty();
      assertThat(cache.has(block)).isTrue();
      assertThat(read(cache, block)).isEqualTo(bytes);
    }
  }

  @Test
  void aBlockThatIsNotWhatItsNameSaysIsDeleted() throws Exception {
    byte[] bytes = {1, 2, 3};
    StorePath.Block block = nameOf(bytes);
    try (Cache cache = open()) {
      cache.put(block, ByteBuffer.wrap(bytes));
    }
    Files.write(block.in(directory()), new byte[] {1, 2, 4});
    try (Cache cache = open()) {
      assertThat(cache.has(block)).isFalse();
      assertThat(cache.open(block)).isEmpty();
      assertThat(block.in(directory())).doesNotExist();
    }
  }

  /** What somebody may have put where a block's file has its place, by a command of the system. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ln -s ../../../elsewhere",
        "ln -s /nowhere",
        "ln -s /dev/zero",
        "mkfifo",
        "mkdir",
        "install -D /dev/null PLACE/more; :"
      })
  void whatIsNoFileInABlocksPlaceIsNotTheBlock(String command) throws Exception {
    byte[] bytes = {1, 2, 3};
    StorePath.Block block = nameOf(bytes);
    Path place = block.in(directory());
    open().close();
    Files.write(scratch.resolve("elsewhere"), bytes);
    Files.createDirectories(place.getParent());
    Peer.run("sh", "-c", command.replace("PLACE", place.toString()) + " " + place);
    try (Cache cache = open()) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(10), () -> assertThat(cache.has(block)).isFalse());
      cache.put(block, ByteBuffer.wrap(bytes));
      assertThat(cache.mayWrite()).isTrue(); // other blocks are kept
      if (cache.has(block)) {
        assertThat(read(cache, block)).isEqualTo(bytes);
      } else {
        assertThat(place).isDirectory();
      }
    }
  }

  @Test
  void aPipeInTheWayOfWhatIsKnownOfAFileHoldsNobodyUp() throws Exception {
    open().close();
    Path head = directory().resolve("heads/boot/hello");
    Files.createDirectories(head.getParent());
    Peer.run("mkfifo", head.toString());
    try (Cache cache = open()) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(10), () -> assertThat(cache.head("boot/hello")).isEmpty());
    }
  }

  private long blockFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory().resolve("blocks"))) {
      return files.filter(Files::isRegularFile).count();
    } catch (UncheckedIOException oneWentMeanwhile) {
      return Long.MAX_VALUE;
    }
  }

  @Test
  void whatAnotherTimeLeftCountsInTheQuota() throws Exception {
    byte[] bytes = new byte[100_000];
    try (Cache cache = open()) {
      for (byte i = 0; i < 20; i++) {
        bytes[0] = i;
        cache.put(nameOf(bytes), ByteBuffer.wrap(bytes.clone()));
      }
    }
    try (Cache cache = Cache.open(directory(), 1000, 1 << 20)) {
      Peer.await(
          "what is more than its new quota is gone from the disk",
          Duration.ofSeconds(10),
          () -> blockFiles() <= 10);
      assertThat(cache.usedBytes()).isLessThanOrEqualTo(1 << 20);
      assertThat(cache.blocks()).isBetween(5, 10);
    }
  }

  @Test
  void aFileIsHereWithItsHeadOrNotAtAll() throws Exception {
    String name = "boot/amd64/vmlinuz";
    FileHead head =
        new FileHead(
            3,
            nameOf(new byte[] {1, 2, 3}).digestHex(),
            Optional.empty(),
            Optional.empty(),
            1,
            1,
            1);
    try (Cache cache = open()) {
      Path incoming = cache.incoming(3).orElseThrow();
      Files.write(incoming, new byte[] {1, 2, 3});
      cache.keep(name, incoming, head);
      assertThat(cache.head(name)).contains(head);
    }
    try (Cache cache = open()) {
      assertThat(cache.head(name)).contains(head);
    }
    Files.write(directory().resolve(name), new byte[] {1, 2, 4});
    try (Cache cache = open()) {
      assertThat(cache.head(name)).isEmpty();
      assertThat(cache.open(name)).isEmpty();
    }
  }

  @Test
  void oneTroubleOfTheDiskIsFewLinesHoweverManyFilesItMeets() throws Exception {
    List<String> lines =
        linesOf(cache -> {
          for (int i = 0; i < 1000; i++) {
            cache.failed("be written", new NoSuchFileException("incoming/" + i));
          }
          cache.failed(
              "be written", new FileSystemException("incoming/7", null, "Input/output error"));
        });
    assertThat(lines).hasSize(11);
    assertThat(lines.getFirst()).contains(" cannot be written: NoSuchFileException incoming/0; ");
    assertThat(lines.getLast()).contains(" cannot be written: Input/output error; ");
  }

  @Test
  void aCacheThatClosesBeforeAllOfItWasReadIsNoTrouble() throws Exception {
    byte[] bytes = {1, 2, 3};
    try (Cache cache = open()) {
      cache.put(nameOf(bytes), ByteBuffer.wrap(bytes));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(linesOf(cache -> {})).isEmpty();
    }
  }

  /** What a cache says from when it opens until it has closed. */
  private List<String> linesOf(Consumer<Cache> use) throws IOException {
    Logger log = Logger.getLogger(Cache.class.getName());
    List<String> lines = new ArrayList<>();
    Filter before = log.getFilter();
    log.setFilter(line -> {
      lines.add(line.getMessage());
      return false;
    });
    try (Cache cache = open()) {
      use.accept(cache);
    } finally {
      log.setFilter(before);
    }
    return lines;
  }
}
