package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** What all this is for: file systems mounted from the file, compared file by file. Needs root. */
@Tag("interop")
@Timeout(120)
class LoopMountInteropTest {
  /** A file system and the foreign program that makes it of a directory. */
  enum FileSystem {
    EXT4("mke2fs -q -t ext4 -d %s %s 32M"),
    SQUASHFS("mksquashfs %s %s -quiet -no-progress"),
    EROFS("mkfs.erofs --quiet %2$s %1$s");

    private final String command;

    FileSystem(String command) {
      this.command = command;
    }

    Path make(Path tree, Path directory) {
      Path image = directory.resolve(name().toLowerCase(Locale.ROOT));
      Peer.run(command.formatted(tree, image).split(" ")).succeeded();
      return image;
    }
  }

  @TempDir private Path scratch;
  private Path tree;
  private Path disks;
  private Path files;

  @BeforeEach
  void plantTree() throws Exception {
    tree = Files.createDirectory(scratch.resolve("tree"));
    disks = scratch.resolve("disks");
    files = Files.createDirectory(scratch.resolve("files"));
    Random random = new Random(4);
    for (int i = 0; i < 60; i++) {
      Path folder = Files.createDirectories(tree.resolve("folder" + i % 7));
      Files.write(folder.resolve("file" + i), TestDisk.mixed(random.nextInt(300_000), 4096, i));
    }
    Files.write(tree.resolve("large"), TestDisk.mixed(5_000_000, 65536, 99));
    Files.createFile(tree.resolve("empty"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("folder1/file1"));
  }

  @ParameterizedTest
  @EnumSource(FileSystem.class)
  void everyFileOfALoopMountEqualsItsSource(FileSystem fileSystem) throws Exception {
    Path image = fileSystem.make(tree, scratch);
    ArrayDisk disk = new ArrayDisk("root", Files.readAllBytes(image));
    try (FuseMount mount = FuseMount.mount(disk, FuseConfig.at(disks))) {
      Peer.run("mount", "-o", "loop,ro", mount.file().toString(), files.toString()).succeeded();
      try {
        assertFilesEqualTree();
      } finally {
        Peer.run("umount", files.toString()).succeeded();
      }
    } finally {
      Peer.run("umount", "-l", disks.toString());
    }
  }

  @Test
  void everyFileOfADirectLoopEqualsItsSource() throws Exception {
    Path image = FileSystem.EXT4.make(tree, scratch);
    ArrayDisk disk = new ArrayDisk("root", Files.readAllBytes(image));
    try (FuseMount mount = FuseMount.mount(disk, FuseConfig.at(disks))) {
      String loop =
          Peer.run("losetup", "-f", "--show", "-r", "--direct-io=on", mount.file().toString())
              .succeeded()
              .strip();
      try {
        assertThat(Peer.run("losetup", "-n", "-O", "DIO", loop).succeeded().strip()).isEqualTo("1");
        Peer.run("mount", "-o", "ro", loop, files.toString()).succeeded();
        try {
          assertFilesEqualTree();
        } finally {
          Peer.run("umount", files.toString()).succeeded();
        }
      } finally {
        Peer.run("losetup", "-d", loop).succeeded();
      }
    } finally {
      Peer.run("umount", "-l", disks.toString());
    }
  }

  @Test
  void loopMountOutlivesTheUnmountOfItsDisk() throws Exception {
    Path image = FileSystem.SQUASHFS.make(tree, scratch);
    ArrayDisk disk = new ArrayDisk("root", Files.readAllBytes(image));
    FuseMount mount = FuseMount.mount(disk, FuseConfig.at(disks));
    try {
      Peer.run("mount", "-o", "loop,ro", mount.file().toString(), files.toString()).succeeded();
      try {
        assertThat(mount.unmount()).as("in use").isTrue();
        assertFilesEqualTree();
      } finally {
        Peer.run("umount", files.toString()).succeeded();
      }
      mount.awaitEnd();
    } finally {
      Peer.run("umount", "-l", disks.toString());
    }
  }

  /** ext4 has a lost+found that nobody planted. */
  private void assertFilesEqualTree() {
    Peer.run(
            "diff", "-r", "--no-dereference", "-x", "lost+found", tree.toString(), files.toString())
        .succeeded();
  }
}
