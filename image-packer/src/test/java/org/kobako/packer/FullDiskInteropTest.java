package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** Disks that are full or read-only, for real. */
@Tag("interop")
class FullDiskInteropTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private Path old;
  private Path disk;

  @BeforeEach
  void makeDisks() throws IOException {
    old = Files.write(directory.resolve("old.img"), TestDisk.mixed(10 * BLOCK, BLOCK, 1));
    disk = Files.write(directory.resolve("disk.img"), TestDisk.mixed(40 * BLOCK, BLOCK, 2));
  }

  private static PackRequest request(Path source, Path root) {
    return Stores.request(source, root).withCodec(Codec.NONE, 0);
  }

  @Test
  void whereverTheDiskFillsUpTheStoreStaysWholeAndServesTheOldVersion() throws IOException {
    int failures = 0;
    int successes = 0;
    // From no room at all to room for everything, by less than two blocks.
    for (int room = 0; room <= 44; room += 2) {
      try (Mount mount =
          Mount.at(directory.resolve("small"), "-t", "tmpfs", "-o", "size=8M", "none")) {
        Path root = mount.point().resolve("store");
        Stores.pack(request(old, root));
        Map<String, String> before = Stores.content(root.resolve("images"));
        leaveRoom(mount, (long) room * BLOCK);
        try {
          Stores.pack(request(disk, root));
          successes++;
          assertThat(StoreDirectory.open(root).currentVersion(DEBIAN)).hasValue(2);
        } catch (PackerException e) {
          failures++;
          assertThat(e)
              .hasMessageContaining("No space left on device")
              .hasMessageEndingWith("the store is as it was");
          assertThat(Stores.content(root.resolve("images"))).isEqualTo(before);
        }
        assertThat(Stores.staged(root)).isZero();
        assertThat(Stores.verify(root).problems()).isEmpty();
      }
    }
    assertThat(failures).isPositive();
    assertThat(successes).isPositive();
  }

  /** Fills a file system up to so many bytes. */
  private static void leaveRoom(Mount mount, long bytes) throws IOException {
    long free = Files.getFileStore(mount.point()).getUsableSpace();
    Peer.run(
            "fallocate",
            "-l",
            Long.toString(free - bytes),
            mount.point().resolve("ballast").toString())
        .succeeded();
  }

  @Test
  void anExt4DiskThatFillsUpLeavesTheStoreWhole() throws IOException {
    Path device = directory.resolve("ext4.img");
    Peer.run("mke2fs", "-q", "-t", "ext4", "-m", "0", device.toString(), "8M").succeeded();
    try (Mount mount = Mount.at(directory.resolve("small"), "-o", "loop", device.toString())) {
      Path root = mount.point().resolve("store");
      Stores.pack(request(old, root));
      leaveRoom(mount, 15L * BLOCK);

      assertThatThrownBy(() -> Stores.pack(request(disk, root)))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("No space left on device");

      assertThat(Stores.verify(root).problems()).isEmpty();
      assertThat(Stores.unpackCurrent(root, DEBIAN)).hasSameBinaryContentAs(old);
    }
  }

  @Test
  void anUnpackThatFillsTheDiskLeavesNothingBehind() throws IOException {
    Path root = directory.resolve("store");
    Stores.pack(request(disk, root));
    StoreDirectory store = StoreDirectory.open(root);
    try (Mount mount =
        Mount.at(directory.resolve("small"), "-t", "tmpfs", "-o", "size=1M", "none")) {
      Path out = mount.point().resolve("out.img");

      assertThatThrownBy(
              () -> ImageUnpacker.unpack(store, Stores.current(store, DEBIAN), out, Progress.NONE))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("image debian cannot be unpacked to " + out)
          .hasMessageContaining("No space left on device");
      assertThat(mount.point()).isEmptyDirectory();
    }
  }

  @Test
  void aReadOnlyStoreIsVerifiedAndUnpackedButNotPackedIntoOrCollected() throws IOException {
    try (Mount mount = Mount.at(directory.resolve("ro"), "-t", "tmpfs", "-o", "size=8M", "none")) {
      Path root = mount.point().resolve("store");
      Stores.pack(request(old, root));
      mount.remount("ro");

      assertThatThrownBy(() -> Stores.pack(request(disk, root)))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("store " + root + " cannot be written: Read-only file system");
      assertThatThrownBy(() -> StoreCollector.gc(StoreDirectory.open(root), 1, Progress.NONE))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("Read-only file system");
      assertThatThrownBy(() -> Stores.pack(request(disk, mount.point().resolve("new"))))
          .isInstanceOf(PackerException.class)
          .hasMessageContaining("no store can be made in");
      assertThat(Stores.verify(root).problems()).isEmpty();
      StoreDirectory store = StoreDirectory.open(root);
      Path out = directory.resolve("out.img");
      ImageUnpacker.unpack(store, Stores.current(store, DEBIAN), out, Progress.NONE);
      assertThat(out).hasSameBinaryContentAs(old);
    }
  }
}
