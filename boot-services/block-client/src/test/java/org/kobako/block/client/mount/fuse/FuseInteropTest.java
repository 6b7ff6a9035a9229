package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.client.bench.MemoryDisk;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** The real kernel as the peer; runs as root. */
@Tag("interop")
@Timeout(120)
class FuseInteropTest {
  private static final int LENGTH = 10_000_001;

  @TempDir private Path scratch;
  private Path mountPoint;
  private final byte[] plain = TestDisk.mixed(LENGTH, ArrayDisk.BLOCK_BYTES, 1);
  private final ArrayDisk disk = new ArrayDisk("debian", plain);

  @BeforeEach
  void setUp() {
    mountPoint = scratch.resolve("mount");
  }

  /** Whatever a test left mounted, so that the scratch directory can go. */
  @AfterEach
  void tearDown() {
    Peer.run("umount", "-l", mountPoint.toString());
  }

  private FuseMount mount() throws IOException {
    return FuseMount.mount(disk, FuseConfig.at(mountPoint));
  }

  @Test
  void fileHoldsTheBytesOfTheDisk() throws Exception {
    Path expected = Files.write(scratch.resolve("expected"), plain);
    try (FuseMount mount = mount()) {
      Peer.run("cmp", expected.toString(), mount.file().toString()).succeeded();
    }
  }

  @Test
  void directoryListsTheDiskAsAReadOnlyFile() throws Exception {
    try (FuseMount mount = mount()) {
      assertThat(Peer.run("ls", "-ln", mountPoint.toString()).succeeded())
          .containsPattern("-r--r--r-- +1 0 0 10000001 .* debian");
      assertThat(Peer.run("stat", "-c", "%s %F", mount.file().toString()).succeeded())
          .isEqualTo("10000001 regular file\n");
      assertThat(
              Peer.run("findmnt", "-n", "-o", "FSTYPE,SOURCE", mountPoint.toString()).succeeded())
          .startsWith("fuse.kobako debian");
      assertThat(Peer.run("stat", mountPoint + "/fedora").output())
          .contains("No such file or directory");
    }
  }

  @Test
  void oddOffsetsAndLengthsReadAsTheDisk() throws Exception {
    Random random = new Random(2);
    try (FuseMount mount = mount();
        RandomAccessFile file = new RandomAccessFile(mount.file().toFile(), "r")) {
      for (int i = 0; i < 300; i++) {
        int offset = random.nextInt(LENGTH);
        int length = Math.min(LENGTH - offset, 1 + random.nextInt(700_000));
        byte[] read = new byte[length];
        file.seek(offset);
        file.readFully(read);
        assertThat(Arrays.equals(read, 0, length, plain, offset, offset + length))
            .as("%d bytes at %d", length, offset)
            .isTrue();
      }
    }
  }

  /**
   * fio writes a file of blocks that each know their place, and finds them again through us: by
   * read(2) with and without the kernel's cache, many at once, and by memory map. (The map is no
   * business of this process: a page fault on our own file would keep the VM from a safepoint that
   * the serving threads wait for.)
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--direct=1",
        "--direct=0",
        "--direct=1 --ioengine=libaio --iodepth=8",
        "--ioengine=mmap"
      })
  void fioVerifiesEveryBlockItReads(String mode) throws Exception {
    Path source = scratch.resolve("fio");
    List<String> job =
        List.of(
            "--name=verify",
            "--size=16m",
            "--bs=64k",
            "--verify=crc32c",
            "--verify_state_save=0", // it would lie in the source tree
            "--output-format=terse");
    Peer.run(concat(List.of("fio", "--rw=write", "--do_verify=0", "--filename=" + source), job))
        .succeeded();
    ArrayDisk written = new ArrayDisk("fio", Files.readAllBytes(source));
    try (FuseMount mount = FuseMount.mount(written, FuseConfig.at(mountPoint))) {
      List<String> read =
          concat(
              List.of("fio", "--rw=randread", "--readonly", "--filename=" + mount.file()),
              concat(List.of(mode.split(" ")), job));
      Peer.run(read).succeeded();
    }
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @Test
  void holesAreCopiedAsHoles() throws Exception {
    Path copy = scratch.resolve("copy");
    try (FuseMount mount = mount()) {
      Peer.run("cp", "--sparse=auto", mount.file().toString(), copy.toString()).succeeded();
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(plain);
    long sectors =
        Long.parseLong(Peer.run("stat", "-c", "%b", copy.toString()).succeeded().strip());
    assertThat(sectors * 512).isLessThan(LENGTH * 9L / 10);
  }

  @Test
  void writingIsRefusedAsReadOnly() throws Exception {
    try (FuseMount mount = mount()) {
      assertThatThrownBy(() -> FileChannel.open(mount.file(), StandardOpenOption.WRITE))
          .hasMessageContaining("Read-only file system");
      assertThat(Peer.run("touch", mountPoint + "/other").output())
          .contains("Read-only file system");
      assertThat(Peer.run("rm", "-f", mount.file().toString()).output())
          .contains("Read-only file system");
    }
  }

  @Test
  void unreadableBlockGivesEioForItselfAndOneLogLine() throws Exception {
    disk.withoutBlock(2);
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("kobako.fuse");
    Handler handler = new ListHandler(lines);
    logger.addHandler(handler);
    try (FuseMount mount = mount();
        FileChannel file = FileChannel.open(mount.file())) {
      int block = ArrayDisk.BLOCK_BYTES;
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(100), 2L * block + 5000))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("Input/output error");
      }
      for (int other : new int[] {0, 1, 3, 4}) {
        ByteBuffer bytes = ByteBuffer.allocate(block);
        while (bytes.hasRemaining()) {
          file.read(bytes, (long) other * block + bytes.position());
        }
        assertThat(bytes.array())
            .isEqualTo(Arrays.copyOfRange(plain, other * block, (other + 1) * block));
      }
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).contains("block 2 of debian: no upstream has a sound copy");
  }

  private static final class ListHandler extends Handler {
    private final List<String> lines;

    ListHandler(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord record) {
      lines.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void kernelReadsAheadAsFarAsConfigured() throws Exception {
    FuseConfig config = FuseConfig.at(mountPoint).withReadAheadBytes(256 << 10);
    try (FuseMount mount = FuseMount.mount(disk, config)) {
      String device = Peer.run("mountpoint", "-d", mountPoint.toString()).succeeded().strip();
      assertThat(Path.of("/sys/class/bdi", device, "read_ahead_kb")).hasContent("256\n");
      assertThat(mount.describe()).isEqualTo("mount(2)");
    }
  }

  @Test
  void cleanUnmountEndsTheServing() throws Exception {
    FuseMount mount = mount();
    assertThat(mount.unmount()).as("in use").isFalse();
    mount.awaitEnd();
    assertThat(mountPoint).isEmptyDirectory();
    assertThat(mount.unmount()).as("a second time").isFalse();
  }

  @Test
  void unmountByAnybodyEndsTheServing() throws Exception {
    FuseMount mount = mount();
    Peer.run("umount", mountPoint.toString()).succeeded();
    mount.awaitEnd();
    mount.close();
  }

  @Test
  void userReadsOnAfterUnmountUntilHeIsDone() throws Exception {
    FuseMount mount = mount();
    try (InputStream file = Files.newInputStream(mount.file())) {
      assertThat(mount.unmount()).as("in use").isTrue();
      assertThat(mountPoint).isEmptyDirectory();
      assertThat(file.readAllBytes()).isEqualTo(plain);
    }
    mount.awaitEnd();
  }

  @Test
  void mountPointThatIsInUseOtherwiseIsRefused() throws Exception {
    Path file = Files.writeString(scratch.resolve("file"), "");
    assertThatThrownBy(() -> FuseMount.mount(disk, FuseConfig.at(file)))
        .hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> FuseMount.mount(disk, FuseConfig.at(scratch)))
        .hasMessageContaining("is not empty");
    try (FuseMount mount = mount()) {
      assertThatThrownBy(this::mount).hasMessageContaining("is not empty");
      assertThat(Files.size(mount.file())).isEqualTo(LENGTH);
    }
  }

  @Test
  void deadMountOfAKilledProcessIsCleared() throws Exception {
    try (ServerProcess server = ServerProcess.start(scratch, mountPoint)) {
      assertThat(Files.size(mountPoint.resolve(ServerProcess.NAME)))
          .isEqualTo(ServerProcess.LENGTH);
      server.kill();
      assertThat(Peer.run("ls", mountPoint.toString()).output())
          .contains("Transport endpoint is not connected");
      try (FuseMount mount = mount()) {
        assertThat(Files.readAllBytes(mount.file())).isEqualTo(plain);
      }
      assertThat(mountPoint).isEmptyDirectory();
    }
  }

  @Test
  void readersOfAKilledProcessGetAnErrorAndNobodyHangs() throws Exception {
    try (ServerProcess server = ServerProcess.start(scratch, mountPoint)) {
      FileChannel file = FileChannel.open(mountPoint.resolve(ServerProcess.NAME));
      server.kill();
      assertThatThrownBy(() -> file.read(ByteBuffer.allocate(100), 3 << 20))
          .hasMessageContaining("Transport endpoint is not connected");
      assertThatThrownBy(file::close).isInstanceOf(IOException.class);
    }
  }

  @Test
  void userMountsThroughFusermount() throws Exception {
    Peer.run("chmod", "755", scratch.toString()).succeeded();
    Files.createDirectory(mountPoint);
    Peer.run("chown", "nobody", mountPoint.toString()).succeeded();
    // As udev sets it; containers and small machines without udev leave it to root.
    Path device = Path.of("/dev/fuse");
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(device);
    Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("rw-rw-rw-"));
    String[] asNobody = {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"};
    try (ServerProcess server = ServerProcess.start(scratch, mountPoint, asNobody)) {
      String file = mountPoint.resolve(ServerProcess.NAME).toString();
      assertThat(Peer.run(with(asNobody, "stat", "-c", "%s %U", file)).succeeded())
          .isEqualTo(ServerProcess.LENGTH + " nobody\n");
      Peer.run(with(asNobody, "fusermount3", "-u", mountPoint.toString())).succeeded();
      assertThat(server.awaitExit()).as(server.output()).isZero();
    } finally {
      Files.setPosixFilePermissions(device, permissions);
    }
  }

  private static List<String> with(String[] launcher, String... command) {
    return Stream.concat(Arrays.stream(launcher), Arrays.stream(command)).toList();
  }

  @Test
  void mountedStandardInputIsServedWithoutMounting() throws Exception {
    Files.createDirectory(mountPoint);
    String script =
        "exec 3<>/dev/fuse; mount -i -t fuse -o"
            + " ro,fd=3,rootmode=40000,user_id=0,group_id=0,allow_other kobako '"
            + mountPoint
            + "' || exit 1; exec \"$@\" 0<&3 3<&-";
    try (ServerProcess server =
        ServerProcess.start(scratch, mountPoint, "sh", "-c", script, "sh")) {
      byte[] read = Files.readAllBytes(mountPoint.resolve(ServerProcess.NAME));
      assertThat(read).hasSize(ServerProcess.LENGTH);
      assertThat(isPattern(read)).isTrue();
      Peer.run("umount", mountPoint.toString()).succeeded();
      Peer.await("the server ends", Duration.ofSeconds(10), () -> !server.isAlive());
    }
  }

  private static boolean isPattern(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length; at += 8) {
      if (words.getLong(at) != MemoryDisk.wordAt(at)) {
        return false;
      }
    }
    return true;
  }
}
