package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/**
 * What may go wrong under a server that serves a room: slow readers, dying disks, no descriptors.
 */
class BlockServerFaultTest {
  /** More than the kernel buffers of a connection, on both sides, ever hold. */
  private static final int LONG_FILE_BYTES = 64 << 20;

  /** For the head of a response, and not for a byte of its body. */
  private static final long DIRECT_BYTES_A_READER = 9 << 10;

  private static final String LONG_FILE = "/images/debian/1.profile";

  @TempDir Path directory;

  private final Logger log = Logger.getLogger(BlockHandler.class.getName());
  private final List<String> logLines = new CopyOnWriteArrayList<>();
  private final Handler logReader =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logLines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private TestStore store;
  private TestBox box;
  private byte[] stored;
  private Path blockFile;
  private String blockPath;
  private Path longFile;

  @BeforeEach
  void serveALongFileAndABlock() throws Exception {
    store = new TestStore(Files.createDirectories(directory.resolve("store")));
    stored = new byte[128 << 10];
    new Random(2).nextBytes(stored);
    StorePath block = new StorePath.Block(store.put(stored).toHex());
    blockFile = block.in(store.root());
    blockPath = "/" + block.relative();
    longFile = store.root().resolve(LONG_FILE.substring(1));
    Files.createDirectories(longFile.getParent());
    truncate(LONG_FILE_BYTES);
    box = new TestBox(store.root());
    log.addHandler(logReader);
    log.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() throws Exception {
    log.removeHandler(logReader);
    log.setUseParentHandlers(true);
    box.close();
  }

  /** Makes the long file so long, without writing it. */
  private void truncate(int lengthBytes) throws IOException {
    try (FileChannel file =
        FileChannel.open(longFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(lengthBytes);
      if (file.size() < lengthBytes) {
        file.write(ByteBuffer.allocate(1), lengthBytes - 1L);
      }
    }
  }

  private void awaitThatTheServerIsStuckOn(int readers) {
    Peer.await(
        readers + " responses wait for their readers",
        Duration.ofSeconds(20),
        () -> timesOpen(longFile) == readers);
  }

  private void awaitThatAllFilesAreClosed() {
    Peer.await(
        "all files are closed",
        Duration.ofSeconds(20),
        () -> timesOpen(longFile) + timesOpen(blockFile) == 0);
  }

  /** How often this process, in which the server runs, has a file open. */
  private static long timesOpen(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(descriptor -> isOf(descriptor, file)).count();
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static boolean isOf(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void readersThatReadNothingHoldNoThreadAndNoBuffer() throws Exception {
    int readers = 300;
    List<HttpPeer> room = new ArrayList<>();
    long before = directBytes();
    try {
      for (int i = 0; i < readers; i++) {
        HttpPeer reader = new HttpPeer(box.address());
        reader.say("GET " + LONG_FILE + " HTTP/1.1\r\nHost: box\r\n\r\n");
        room.add(reader);
      }
      awaitThatTheServerIsStuckOn(readers);

      assertThat(HttpPeer.request(box.address(), "GET", blockPath).body()).isEqualTo(stored);
      assertThat(directBytes() - before).isLessThan(readers * DIRECT_BYTES_A_READER);
    } finally {
      for (HttpPeer reader : room) {
        reader.close();
      }
    }
    awaitThatAllFilesAreClosed();
    assertThat(logLines).isEmpty();
  }

  @Test
  void aFileThatShrinksWhileItIsSentEndsTheConnectionInsteadOfTheBody() throws Exception {
    try (HttpPeer reader = new HttpPeer(box.address())) {
      reader.say("GET " + LONG_FILE + " HTTP/1.1\r\nHost: box\r\n\r\n");
      reader.awaitResponse(); // before that, the server may still say 500
      truncate(1000);
      assertThatThrownBy(() -> reader.readResponse(false)).isInstanceOf(IOException.class);
    }
    awaitThatAllFilesAreClosed();
    assertThat(logLines).singleElement().asString().contains("1.profile", "bytes early");
    assertThat(HttpPeer.request(box.address(), "GET", blockPath).body()).isEqualTo(stored);
  }

  /** Reading this file of sysfs fails with EINVAL, every time, and a disk's EIO comes likewise. */
  @Test
  void aFileThatCannotBeReadIsAnErrorOfThisBoxAndOneLogLine() throws Exception {
    Peer.run("mount", "--bind", "/sys/class/net/lo/speed", blockFile.toString()).succeeded();
    try (HttpPeer reader = new HttpPeer(box.address())) {
      for (int i = 0; i < 3; i++) {
        assertThat(reader.request("GET", blockPath).status()).isEqualTo(500);
      }
    } finally {
      Peer.run("umount", blockFile.toString()).succeeded();
    }
    assertThat(logLines).hasSize(2); // the first and the second of three
    assertThat(logLines.getFirst()).contains(blockPath.substring(1), "Invalid argument", "500");
    awaitThatAllFilesAreClosed();
    assertThat(HttpPeer.request(box.address(), "GET", blockPath).body()).isEqualTo(stored);
  }

  @Test
  void aReaderWhoLeavesInTheMiddleIsNoError() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (HttpPeer reader = new HttpPeer(box.address())) {
        reader.say("GET " + LONG_FILE + " HTTP/1.1\r\nHost: box\r\n\r\n");
        awaitThatTheServerIsStuckOn(1);
      }
      awaitThatAllFilesAreClosed();
    }
    assertThat(logLines).isEmpty();
  }

  @Test
  void aServerWithoutFileDescriptorsSaysSoAndGoesOn() throws Exception {
    Path output = directory.resolve("out");
    Process limited =
        Peer.start(
            output,
            List.of(
                "bash",
                "-c",
                "ulimit -n 64; exec \"$@\"",
                "bash",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                ServeForTest.class.getName(),
                store.root().toString()));
    List<HttpPeer> idle = new ArrayList<>();
    try {
      Peer.await(
          "it listens", Duration.ofSeconds(20), () -> Files.readString(output).contains("\n"));
      var address =
          new InetSocketAddress(
              "127.0.0.1", Integer.parseInt(Files.readString(output).lines().findFirst().get()));
      try (HttpPeer reader = new HttpPeer(address)) {
        assertThat(reader.request("GET", blockPath).body()).isEqualTo(stored);
        // To load the classes of Jetty's way takes descriptors, too.
        for (String path : List.of(blockPath, blockPath.replace("blocks", "nothing"))) {
          HttpPeer.request(address, "GET", path, "Accept-Language: en");
        }
        for (int i = 0; i < 64; i++) {
          idle.add(new HttpPeer(address));
        }
        Peer.await(
            "it has no descriptor left",
            Duration.ofSeconds(20),
            () -> reader.request("GET", blockPath).status() == 503);
        for (HttpPeer peer : idle) {
          peer.close();
        }
        Peer.await(
            "it has descriptors again",
            Duration.ofSeconds(20),
            () -> reader.request("GET", blockPath).status() == 200);
        assertThat(Files.readString(output)).contains("Too many open files");
      }
    } finally {
      for (HttpPeer peer : idle) {
        peer.close();
      }
      Peer.stop(limited);
    }
  }
}
