package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;
import org.kobako.testing.Peer;

@Tag("interop")
class NbdInteropTest {
  private static final int DISK_BYTES = (40 << 20) + 512;

  @TempDir Path directory;

  private final MemoryDisk disk = new MemoryDisk(DISK_BYTES).withHole(16, 40).withHole(600, 41);

  private NbdServer start(Transport transport) throws IOException {
    return NbdTestServer.start(disk, transport.address(directory));
  }

  @ParameterizedTest
  @EnumSource
  void nbdcopyOverFourConnectionsCopiesTheDisk(Transport transport) throws IOException {
    Path copy = directory.resolve("copy");
    try (NbdServer server = start(transport)) {
      Peer.run("nbdcopy", "--connections=4", server.address().uri(), copy.toString()).succeeded();
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(disk.content());
  }

  @ParameterizedTest
  @EnumSource
  void qemuImgConvertsTheDisk(Transport transport) throws IOException {
    Path copy = directory.resolve("copy.raw");
    try (NbdServer server = start(transport)) {
      Peer.run("qemu-img", "convert", "-O", "raw", server.address().uri(), copy.toString())
          .succeeded();
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(disk.content());
  }
}
