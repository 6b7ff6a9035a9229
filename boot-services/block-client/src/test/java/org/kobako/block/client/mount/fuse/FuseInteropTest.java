package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.client.bench.MemoryDisk;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.testing.TestDisk;

@Tag("interop")
class FuseInteropTest {
  @TempDir Path directory;

  @Test
  void fileHoldsTheBytesOfTheDisk() throws Exception {
    byte[] plain = TestDisk.mixed(10_000_001, 128 << 10, 1);
    OffHeapBuffer bytes = OffHeapBuffer.allocate(plain.length);
    bytes.bytes().put(0, plain);
    Path mountPoint = directory.resolve("new/mount");
    try (FuseMount mount =
        FuseMount.mount(new MemoryDisk("debian", bytes), FuseConfig.at(mountPoint))) {
      assertThat(Files.readAllBytes(mountPoint.resolve("debian"))).isEqualTo(plain);
      assertThat(mount.unmount()).isFalse();
      mount.awaitEnd();
    }
    assertThat(mountPoint).isEmptyDirectory();
  }
}
