package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.StorePath;
import org.kobako.packer.StoreDirectory;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;
import org.kobako.testing.SquidCache;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** What goes wrong between a store and a mounted disk, with real boxes, caches and mounts. */
@Tag("interop")
@Timeout(300)
class FaultsInteropTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;
  private static final int BAD_BLOCK = 6;

  @TempDir Path temp;

  private byte[] disk = new byte[0];
  private Path store = Path.of("unset");

  @BeforeEach
  void packADisk() throws IOException {
    disk = TestDisk.mixed(400 * BLOCK, BLOCK, 11);
    store = temp.resolve("store");
    Path file = Files.write(temp.resolve("disk.img"), disk);
    KobakoRun.of("pack", file, store, "--name", "disk", "--block-size", "64K", "--level", "1")
        .succeeded();
  }

  @Test
  void aFlippedByteOnOneOfTwoUpstreamsIsRepairedInvisibly() throws Exception {
    Path damaged = temp.resolve("damaged");
    Peer.run("cp", "-a", store.toString(), damaged.toString()).succeeded();
    TestStore.flipBit(blockFile(damaged));
    try (ChildKobako bad = Children.box(temp.resolve("bad.log"), damaged);
        NginxBox good = new NginxBox(store, temp.resolve("nginx"));
        ChildKobako attach =
            attachMount(Children.urlOf(bad) + "," + good.url(), "--patience", "10s")) {
      assertThat(Files.readAllBytes(file())).isEqualTo(disk);
      assertThat(attach.readyLine()).contains("disk version 1");
    }
  }

  @Test
  void aFlippedByteOnTheOnlyUpstreamIsAnErrorOfThatBlockAlone() throws Exception {
    TestStore.flipBit(blockFile(store));
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store);
        ChildKobako attach = attachMount(Children.urlOf(box), "--patience", "10s");
        FileChannel file = FileChannel.open(file(), StandardOpenOption.READ)) {
      for (int number = 0; number < disk.length / BLOCK; number++) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        if (number == BAD_BLOCK) {
          assertThat(readFails(file, block, number)).isTrue();
        } else {
          assertThat(file.read(block, (long) number * BLOCK)).isEqualTo(BLOCK);
          assertThat(block.array())
              .isEqualTo(Arrays.copyOfRange(disk, number * BLOCK, (number + 1) * BLOCK));
        }
      }
      assertThat(Files.readString(temp.resolve("attach.log"))).contains("block " + BAD_BLOCK);
      assertThat(attach.pid()).isPositive();
    }
    KobakoRun verify = KobakoRun.of("verify", store);
    assertThat(verify.exitCode()).isEqualTo(1);
  }

  @Test
  void killingOneOfTwoBoxesDuringDdIsNoError() throws Exception {
    try (ChildKobako first = Children.box(temp.resolve("box1.log"), store);
        ChildKobako second = Children.box(temp.resolve("box2.log"), store);
        ChildKobako attach = attachMount(Children.urlOf(first) + "," + Children.urlOf(second))) {
      Path copy = temp.resolve("copy");
      Process dd =
          Peer.start(temp.resolve("dd.log"), List.of("dd", "if=" + file(), "of=" + copy, "bs=64k"));
      Peer.await(
          "dd has begun", Duration.ofSeconds(20), () -> Files.exists(copy) && Files.size(copy) > 0);
      first.kill();
      assertThat(dd.waitFor()).isZero();
      assertThat(Files.mismatch(copy, temp.resolve("disk.img"))).isEqualTo(-1);
      attach.close();
      String summary = Files.readString(temp.resolve("attach.log"));
      assertThat(summary).contains("longest fetch");
      System.out.println(
          "killed one of two boxes during dd: "
              + summary.lines().filter(line -> line.contains("longest fetch")).findFirst().get());
    }
  }

  @Test
  void aForwardCacheInBetweenIsFilledOnceAndUsed() throws Exception {
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store);
        SquidCache squid = new SquidCache()) {
      for (int machine = 0; machine < 2; machine++) {
        try (ChildKobako attach = attachMount(Children.urlOf(box), "--proxy", squid.url())) {
          assertThat(Files.readAllBytes(file())).isEqualTo(disk);
          assertThat(attach.pid()).isPositive();
        }
      }
      assertThat(squid.hits()).isGreaterThan(50);
    }
  }

  @Test
  void aKilledAttachLeavesAMountThatTheNextOneReplaces() throws Exception {
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store)) {
      ChildKobako killed = attachMount(Children.urlOf(box));
      killed.kill();
      try (ChildKobako attach = attachMount(Children.urlOf(box))) {
        assertThat(Files.readAllBytes(file())).isEqualTo(disk);
        assertThat(attach.pid()).isNotEqualTo(killed.pid());
      }
    }
  }

  /** What shuts a system down stops all processes, and may then read from the root disk. */
  @Test
  void whatServesTheRootDiskIsNotStoppedForLong() throws Exception {
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store);
        ChildKobako attach =
            ChildKobako.start(
                List.of("bash", "-c", "exec -a @attach \"$0\" \"$@\""),
                Kobako.class,
                temp.resolve("attach.log"),
                "attach",
                "disk",
                "--from",
                Children.urlOf(box),
                "--mount",
                mountPoint().toString())) {
      sendSignal("STOP", attach);
      Peer.run("timeout", "-s", "KILL", "20", "cmp", temp + "/disk.img", file().toString())
          .succeeded();
    }
  }

  /** Ctrl-Z is for people. */
  @Test
  void anyOtherAttachIsStoppedUntilItIsToldToGoOn() throws Exception {
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store);
        ChildKobako attach = attachMount(Children.urlOf(box))) {
      sendSignal("STOP", attach);
      Thread.sleep(3000);
      assertThat(Files.readString(Path.of("/proc/" + attach.pid() + "/status")))
          .contains("State:\tT");
      sendSignal("CONT", attach);
      assertThat(Files.readAllBytes(file())).isEqualTo(disk);
    }
  }

  @Test
  void detachEndsAnAttachAndClearsWhatAKilledOneLeft() throws Exception {
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store)) {
      ChildKobako attach = attachMount(Children.urlOf(box));
      assertThat(KobakoRun.of("detach", mountPoint()).succeeded())
          .contains("detached " + mountPoint());
      assertThat(attach.awaitEnd(10)).isTrue();
      ChildKobako killed = attachMount(Children.urlOf(box));
      killed.kill();
      assertThat(KobakoRun.of("detach", mountPoint()).succeeded()).contains("cleared");
      try (Stream<Path> entries = Files.list(mountPoint())) {
        assertThat(entries).isEmpty();
      }
      KobakoRun again = KobakoRun.of("detach", mountPoint());
      assertThat(again.exitCode()).isEqualTo(1);
      assertThat(again.err()).contains("nothing is attached as " + mountPoint());
    }
  }

  @Test
  void anIndexThatTheGivenKeyDidNotSignIsRefusedWithTheReason() throws Exception {
    KobakoRun.of("key", temp.resolve("key")).succeeded();
    String trust = temp.resolve("key/kobako.pub").toString();
    try (ChildKobako box = Children.box(temp.resolve("box.log"), store)) {
      KobakoRun outcome =
          KobakoRun.of(
              "attach",
              "disk",
              "--from",
              Children.urlOf(box),
              "--trust",
              trust,
              "--mount",
              mountPoint());
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("not signed");
      assertThat(outcome.err().lines()).hasSize(1);
    }
  }

  private boolean readFails(FileChannel file, ByteBuffer block, int number) {
    try {
      file.read(block, (long) number * BLOCK);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private Path mountPoint() {
    return temp.resolve("attached");
  }

  private Path file() {
    return mountPoint().resolve("disk");
  }

  private ChildKobako attachMount(String from, String... more) throws IOException {
    String[] words = Arrays.copyOf(more, more.length + 2);
    words[more.length] = "--mount";
    words[more.length + 1] = mountPoint().toString();
    return Children.attach(temp, "disk", from, words);
  }

  private static void sendSignal(String signal, ChildKobako child) {
    Peer.run("kill", "-" + signal, Long.toString(child.pid())).succeeded();
  }

  private static Path blockFile(Path root) throws IOException {
    try (StoreDirectory directory = StoreDirectory.open(root)) {
      BlockIndex index = directory.readIndex(new ImageName("disk"), 1, new IndexTrust.Anyone());
      BlockDigest digest = new BlockDigest();
      index.digest(BAD_BLOCK, digest);
      Path file = new StorePath.Block(digest.toHex()).in(root);
      try (RandomAccessFile exists = new RandomAccessFile(file.toFile(), "r")) {
        assertThat(exists.length()).isEqualTo(index.storedLength(BAD_BLOCK));
      }
      return file;
    }
  }
}
