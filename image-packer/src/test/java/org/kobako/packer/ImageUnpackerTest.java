package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.MissingBlockException;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class ImageUnpackerTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private byte[] disk;
  private TestStore files;
  private BlockIndex index;
  private Path out;

  @BeforeEach
  void makeStore() throws IOException {
    disk = TestDisk.mixed(20 * BLOCK + 77, BLOCK, 1);
    files = new TestStore(directory.resolve("store"));
    index = files.add("debian", 1, disk);
    out = Files.createDirectory(directory.resolve("out")).resolve("disk.img");
  }

  private UnpackReport unpack() throws IOException {
    return ImageUnpacker.unpack(StoreDirectory.open(files.root()), index, out, Progress.NONE);
  }

  @Test
  void theDiskIsWrittenAndCounted() throws IOException {
    UnpackReport report = unpack();

    assertThat(out).hasBinaryContent(disk);
    assertThat(report.plainBytes()).isEqualTo(disk.length);
    assertThat(report.blocks()).isEqualTo(21);
    assertThat(report.zeroBlocks()).isEqualTo(4);
  }

  @Test
  void aFileThatIsThereIsReplacedAlsoBehindALink() throws IOException {
    Path target = Files.writeString(out.resolveSibling("target"), "old");
    Files.createSymbolicLink(out, target);

    unpack();

    assertThat(target).hasBinaryContent(disk);
    assertThat(out).isSymbolicLink();
  }

  @Test
  void aCorruptBlockStopsItAndLeavesWhatWasThere() throws IOException {
    TestStore.flipBit(files.blockFile(index, 10));
    Files.writeString(out, "old");

    assertThatThrownBy(this::unpack)
        .isInstanceOf(CorruptBlockException.class)
        .hasMessageContaining("block 10: expected digest");
    assertThat(out).hasContent("old");
    assertThat(out.getParent()).isDirectoryNotContaining("glob:**/*.partial*");
  }

  @Test
  void aMissingBlockStopsItAndLeavesNothing() throws IOException {
    Files.delete(files.blockFile(index, 11));

    assertThatThrownBy(this::unpack)
        .isInstanceOf(MissingBlockException.class)
        .hasMessageContaining("block 11 is missing");
    assertThat(out.getParent()).isEmptyDirectory();
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    Path occupied = directory;
    assertThatThrownBy(() ->
            ImageUnpacker.unpack(StoreDirectory.open(files.root()), index, occupied, Progress.NONE))
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("it is no regular file or block device");
    out = out.resolve("below/nothing");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(PackerException.class)
        .hasMessageContaining("is not there");
  }
}
