package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;
import org.kobako.testing.Peer;

/** Against QEMU's block layer, as a virtual machine would use the export. */
@Tag("interop")
class QemuInteropTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final int DISK_BYTES = (40 << 20) + 512;

  @TempDir Path directory;

  private final MemoryDisk disk = new MemoryDisk(DISK_BYTES).withHole(16, 40).withHole(600, 41);

  private NbdServer start(Transport transport) throws IOException {
    return NbdTestServer.start(disk, transport.address(directory));
  }

  private static String io(NbdServer server, String... commands) {
    List<String> line = new ArrayList<>(List.of("qemu-io", "-r", "-f", "raw"));
    for (String command : commands) {
      line.addAll(List.of("-c", command));
    }
    line.add(server.address().uri());
    return Peer.run(line).output();
  }

  @ParameterizedTest
  @EnumSource
  void qemuImgConvertsTheDisk(Transport transport) throws IOException {
    Path copy = directory.resolve("copy.raw");
    try (NbdServer server = start(transport)) {
      Peer.run(
              "qemu-img",
              "convert",
              "-f",
              "raw",
              "-O",
              "raw",
              server.address().uri(),
              copy.toString())
          .succeeded();
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(disk.content());
  }

  @ParameterizedTest
  @EnumSource
  void qemuImgFindsTheDiskIdenticalToItsSource(Transport transport) throws IOException {
    Path source = Files.write(directory.resolve("source"), disk.content());
    try (NbdServer server = start(transport)) {
      assertThat(
              Peer.run(
                      "qemu-img",
                      "compare",
                      "-f",
                      "raw",
                      "-F",
                      "raw",
                      server.address().uri(),
                      source.toString())
                  .succeeded())
          .contains("Images are identical.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void qemuImgMapsDataAndHoles(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      assertThat(
              Peer.run("qemu-img", "map", "--output=json", "-f", "raw", server.address().uri())
                  .succeeded())
          .contains("\"start\": 0, \"length\": " + 16 * BLOCK)
          .containsPattern(
              "\"start\": %d, \"length\": %d,[^}]*\"zero\": true"
                  .formatted(16 * BLOCK, 40 * BLOCK));
    }
  }

  @ParameterizedTest
  @EnumSource
  void qemuIoReadsAtOddOffsets(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      assertThat(
              io(
                  server,
                  "read -P 0 " + (16 * BLOCK + 3) + " 12345",
                  "read -v 12345 16",
                  "read " + (15 * BLOCK + 511) + " " + 3 * BLOCK))
          .contains("read 12345/12345 bytes at offset " + (16 * BLOCK + 3))
          .contains("read 16/16 bytes at offset 12345")
          .contains("read %d/%d bytes".formatted(3 * BLOCK, 3 * BLOCK))
          .contains("%02x %02x".formatted(disk.content(12345, 1)[0], disk.content(12346, 1)[0]))
          .doesNotContain("Pattern verification failed");
    }
  }

  @Test
  void qemuIoReadsOnWhileASlowBlockIsAwaited() throws IOException {
    disk.withStalledBlock(3);
    try (NbdServer server = start(Transport.UNIX)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            Peer.await("the slow block is asked for", Duration.ofSeconds(30), disk::isStalling);
            disk.releaseStalledBlocks();
          });
      assertThat(
              io(
                  server,
                  "aio_read " + 3 * BLOCK + " 512",
                  "aio_read " + 60 * BLOCK + " 1M",
                  "aio_read " + 100 * BLOCK + " 1M",
                  "aio_flush"))
          .contains("read 512/512 bytes at offset " + 3 * BLOCK)
          .contains("read 1048576/1048576 bytes at offset " + 60 * BLOCK)
          .contains("read 1048576/1048576 bytes at offset " + 100 * BLOCK);
    }
  }

  @Test
  void qemuIoGetsAnErrorForTheFaultyBlockAlone() throws IOException {
    disk.withFaultyBlock(100);
    try (NbdServer server = start(Transport.TCP)) {
      assertThat(
              io(
                  server,
                  "read " + 99 * BLOCK + " 64k",
                  "read " + 100 * BLOCK + " 64k",
                  "read " + 101 * BLOCK + " 64k"))
          .contains("read 65536/65536 bytes at offset " + 99 * BLOCK)
          .contains("read failed: Input/output error")
          .contains("read 65536/65536 bytes at offset " + 101 * BLOCK);
    }
  }
}
