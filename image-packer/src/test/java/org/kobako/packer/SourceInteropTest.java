package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.format.BlockSize;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** Directories, file systems and block devices, made and looked at by the system's own tools. */
@Tag("interop")
class SourceInteropTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));

  @TempDir Path directory;
  private Path root;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    root = directory.resolve("store");
    tree = directory.resolve("tree");
    for (String name : List.of("etc", "usr/share/doc", "empty")) {
      Files.createDirectories(tree.resolve(name));
    }
    Files.writeString(tree.resolve("etc/hostname"), "box\n");
    Files.write(tree.resolve("usr/large"), TestDisk.mixed(3_000_001, BlockSize.MIN_BYTES, 1));
    for (int i = 0; i < 300; i++) {
      Files.writeString(tree.resolve("usr/share/doc/file" + i), "content of file " + i);
    }
    Files.createSymbolicLink(tree.resolve("bin"), Path.of("usr/bin"));
    Files.createLink(tree.resolve("etc/name"), tree.resolve("etc/hostname"));
    Files.setPosixFilePermissions(
        tree.resolve("usr/large"), PosixFilePermissions.fromString("r-x--x---"));
    Files.setLastModifiedTime(tree.resolve("usr/large"), LONG_AGO);
  }

  private PackRequest request(DirectoryFilesystem filesystem) {
    return Stores.request(tree, root).withDirectoryFilesystem(filesystem);
  }

  @ParameterizedTest
  @EnumSource(DirectoryFilesystem.class)
  void aPackedDirectoryMountsAndHoldsTheSameFiles(DirectoryFilesystem filesystem)
      throws IOException {
    Stores.pack(request(filesystem));

    Path disk = Stores.unpackCurrent(root, DEBIAN);
    try (Mount mount = Mount.at(directory.resolve("mnt"), "-o", "loop,ro", disk.toString())) {
      Peer.run(
              "diff",
              "--recursive",
              "--no-dereference",
              "--exclude=lost+found",
              tree.toString(),
              mount.point().toString())
          .succeeded();
      Path large = mount.point().resolve("usr/large");
      assertThat(Files.getLastModifiedTime(large)).isEqualTo(LONG_AGO);
      assertThat(Files.getPosixFilePermissions(large))
          .isEqualTo(PosixFilePermissions.fromString("r-x--x---"));
      assertThat(Files.getAttribute(mount.point().resolve("etc/name"), "unix:nlink")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(DirectoryFilesystem.class)
  void theSameTreeGivesTheSameBytesWheneverItIsPacked(DirectoryFilesystem filesystem)
      throws Exception {
    Stores.pack(request(filesystem));
    // Another change time of every inode, another access time, another order in the directories.
    Path copy = directory.resolve("copy");
    Thread.sleep(1100);
    Peer.run("cp", "-a", tree.toString(), copy.toString()).succeeded();
    Files.move(copy.resolve("etc"), copy.resolve("tmp"));
    Files.move(copy.resolve("tmp"), copy.resolve("etc"));
    Peer.run("touch", "-r", tree.toString(), copy.toString()).succeeded();
    Files.readAllBytes(copy.resolve("etc/hostname"));
    tree = copy;

    PackReport again = Stores.pack(request(filesystem));

    assertThat(again.unchanged()).isTrue();
  }

  @Test
  void anExt4DiskComesBackClean() throws IOException {
    Path disk = directory.resolve("ext4.img");
    Peer.run("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), disk.toString(), "32M")
        .succeeded();

    PackReport report = Stores.pack(Stores.request(disk, root));

    Path out = Stores.unpackCurrent(root, DEBIAN);
    assertThat(out).hasSameBinaryContentAs(disk);
    Peer.run("e2fsck", "-f", "-n", out.toString()).succeeded();
    // Free space is zeros: nothing is stored of it, and it takes no room in the file.
    assertThat(report.zeroBlocks()).isGreaterThan(report.blocks() / 2);
    long usedBytes =
        512 * Long.parseLong(Peer.run("stat", "-c", "%b", out.toString()).succeeded().strip());
    assertThat(usedBytes).isLessThan(16 << 20);
  }

  @Test
  void theFileSystemsOfDirectoriesPassTheirOwnCheckers() throws IOException {
    Stores.pack(request(DirectoryFilesystem.EXT4));
    Peer.run("e2fsck", "-f", "-n", Stores.unpackCurrent(root, DEBIAN).toString()).succeeded();
    Stores.pack(request(DirectoryFilesystem.EROFS));
    Peer.run("fsck.erofs", Stores.unpackCurrent(root, DEBIAN).toString()).succeeded();
    Stores.pack(request(DirectoryFilesystem.SQUASHFS));
    Path extracted = directory.resolve("extracted");
    Peer.run(
            "unsquashfs",
            "-quiet",
            "-no-progress",
            "-dest",
            extracted.toString(),
            Stores.unpackCurrent(root, DEBIAN).toString())
        .succeeded();
    Peer.run("diff", "-r", "--no-dereference", tree.toString(), extracted.toString()).succeeded();
  }

  @Test
  void aCompressedSquashfsFileIsPackedAsItIs() throws IOException {
    Path squashfs = directory.resolve("root.squashfs");
    Peer.run("mksquashfs", tree.toString(), squashfs.toString(), "-quiet", "-no-progress")
        .succeeded();

    Stores.pack(Stores.request(squashfs, root));

    assertThat(Stores.unpackCurrent(root, DEBIAN)).hasSameBinaryContentAs(squashfs);
  }

  @Test
  void blockDevicesArePackedAndUnpackedTo() throws IOException {
    int length = 40 * BlockSize.MIN_BYTES;
    Path disk = Files.write(directory.resolve("disk.img"), TestDisk.mixed(length, 65536, 4));
    Path target =
        Files.write(directory.resolve("target.img"), TestDisk.mixed(length + 65536, 65536, 5));
    Path tooSmall = Files.write(directory.resolve("small.img"), new byte[length / 2]);
    try (LoopDevice source = LoopDevice.of(disk);
        LoopDevice out = LoopDevice.of(target);
        LoopDevice small = LoopDevice.of(tooSmall)) {
      Stores.pack(Stores.request(source.path(), root));
      StoreDirectory store = StoreDirectory.open(root);

      ImageUnpacker.unpack(store, Stores.current(store, DEBIAN), out.path(), Progress.NONE);

      Peer.run("cmp", "-n", Integer.toString(length), disk.toString(), out.path().toString())
          .succeeded();
      assertThatThrownBy(() ->
              ImageUnpacker.unpack(
                  store, Stores.current(store, DEBIAN), small.path(), Progress.NONE))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("use a larger device");
    }
  }

  private record LoopDevice(Path path) implements AutoCloseable {
    static LoopDevice of(Path file) {
      return new LoopDevice(
          Path.of(Peer.run("losetup", "--find", "--show", file.toString()).succeeded().strip()));
    }

    @Override
    public void close() {
      Peer.run("losetup", "--detach", path.toString()).succeeded();
    }
  }

  @Test
  void aStoreInsideItsOwnSourceIsRefused() {
    root = tree.resolve("srv/store");

    assertThatThrownBy(() -> Stores.pack(request(DirectoryFilesystem.SQUASHFS)))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("cannot be packed into a store inside it");
  }

  @Test
  void anEmptyDirectoryIsAnEmptyFileSystem() throws IOException {
    tree = Files.createDirectory(directory.resolve("nothing"));

    Stores.pack(request(DirectoryFilesystem.SQUASHFS));

    assertThat(Stores.staged(root)).isZero();
    Path disk = Stores.unpackCurrent(root, DEBIAN);
    try (Mount mount = Mount.at(directory.resolve("mnt"), "-o", "loop,ro", disk.toString())) {
      assertThat(mount.point()).isEmptyDirectory();
    }
  }
}
