package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.block.format.ImageName;
import org.kobako.testing.TestDisk;

class StripesTest {
  private static final int CHUNK = Stripes.CHUNK_BYTES;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"2, 65536, 3145728", "4, 131072, 5000001", "3, 1048576, 7000000", "2, 65536, 1"})
  void membersPutTogetherChunkByChunkAreTheSource(int count, int blockSizeBytes, int length)
      throws IOException {
    byte[] content = TestDisk.mixed(length, blockSizeBytes, 5);
    Path disk = Files.write(directory.resolve("disk.img"), content);
    Path root = directory.resolve("store");

    PackReport report =
        Stores.pack(
            Stores.request(disk, root).withBlockSizeBytes(blockSizeBytes).withStripes(count));

    int chunk = Math.max(CHUNK, blockSizeBytes);
    byte[] array = assemble(root, count, chunk);
    assertThat(Arrays.copyOf(array, length)).isEqualTo(content);
    assertThat(Arrays.copyOfRange(array, length, array.length))
        .isEqualTo(new byte[array.length - length]);
    assertThat(report.plainBytes()).isEqualTo(length);
    assertThat(StoreDirectory.open(root).images())
        .containsExactlyElementsOf(Stripes.members(Stores.DEBIAN, count));
  }

  /** As md does: a chunk of each member in turn. */
  private static byte[] assemble(Path root, int count, int chunkBytes) throws IOException {
    byte[][] members = new byte[count][];
    for (int i = 0; i < count; i++) {
      ImageName name = new ImageName("debian." + i + "of" + count);
      members[i] = Files.readAllBytes(Stores.unpackCurrent(root, name));
      assertThat(members[i]).hasSameSizeAs(members[0]);
      assertThat(members[i].length % chunkBytes).isZero();
    }
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    for (int at = 0; at < members[0].length; at += chunkBytes) {
      for (byte[] member : members) {
        array.write(member, at, chunkBytes);
      }
    }
    return array.toByteArray();
  }

  @Test
  void membersAlwaysHaveTheSameVersion() throws IOException {
    Path disk = Files.write(directory.resolve("disk.img"), TestDisk.mixed(4 * CHUNK, 65536, 5));
    Path root = directory.resolve("store");
    PackRequest request = Stores.request(disk, root).withStripes(2);
    Stores.pack(request);
    byte[] content = Files.readAllBytes(disk);
    content[0] ^= 1;
    Files.write(disk, content);

    PackReport second = Stores.pack(request);
    PackReport again = Stores.pack(request);

    StoreDirectory store = StoreDirectory.open(root);
    assertThat(second.version()).isEqualTo(2);
    assertThat(again.unchanged()).isTrue();
    for (ImageName member : Stripes.members(Stores.DEBIAN, 2)) {
      assertThat(store.versions(member)).isEqualTo(List.of(1L, 2L));
      assertThat(store.currentVersion(member)).hasValue(2);
    }
  }
}
