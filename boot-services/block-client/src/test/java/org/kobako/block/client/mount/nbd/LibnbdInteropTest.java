package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;
import org.kobako.testing.Peer;

/** Against libnbd: nbdinfo, nbdcopy and its Python shell, which asserts on replies itself. */
@Tag("interop")
class LibnbdInteropTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final int DISK_BYTES = (40 << 20) + 512;

  @TempDir Path directory;

  private final MemoryDisk disk = new MemoryDisk(DISK_BYTES).withHole(16, 40).withHole(600, 41);

  private NbdServer start(Transport transport) throws IOException {
    return NbdTestServer.start(disk, transport.address(directory));
  }

  /** Runs statements in nbdsh, with the disk's bytes in {@code disk}. */
  private String shell(String connect, String... statements) throws IOException {
    Path bytes = Files.write(directory.resolve("disk"), disk.content());
    Path script = directory.resolve("script.py");
    Files.writeString(
        script,
        """
        import nbd, errno
        disk = open('%s', 'rb').read()
        block = %d
        h = nbd.NBD()
        %s
        %s
        h.shutdown()
        """
            .formatted(bytes, BLOCK, connect, String.join("\n", statements)));
    return Peer.run("/usr/bin/python3", script.toString()).succeeded();
  }

  private static String connectUri(NbdServer server) {
    return "h.connect_uri('%s')".formatted(server.address().uri());
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfoTellsTheExport(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      assertThat(Peer.run("nbdinfo", "--json", server.address().uri()).succeeded())
          .contains("\"protocol\": \"newstyle-fixed\"")
          .contains("\"structured\": true")
          .contains("\"export-size\": " + DISK_BYTES)
          .contains("\"base:allocation\"")
          .contains("\"is_read_only\": true")
          .contains("\"can_cache\": true")
          .contains("\"can_df\": true")
          .contains("\"can_multi_conn\": true")
          .contains("\"can_trim\": false")
          .contains("\"block_size_minimum\": 1")
          .contains("\"block_size_preferred\": " + BLOCK)
          .contains("\"block_size_maximum\": " + (32 << 20));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfoListsTheDiskByName(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      assertThat(Peer.run("nbdinfo", "--list", server.address().uri()).succeeded())
          .contains("export=\"" + MemoryDisk.NAME + "\"")
          .contains("read-only image, verified block by block");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfoMapsDataAndHoles(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      List<String> map =
          Peer.run("nbdinfo", "--map", server.address().uri())
              .succeeded()
              .lines()
              .map(line -> line.strip().replaceAll(" +", " "))
              .toList();
      assertThat(map)
          .containsExactly(
              "0 " + 16 * BLOCK + " 0 data",
              16 * BLOCK + " " + 40 * BLOCK + " 3 hole,zero",
              56 * BLOCK + " " + 544 * BLOCK + " 0 data",
              600 * BLOCK + " " + (DISK_BYTES - 600 * BLOCK) + " 3 hole,zero");
    }
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

  @Test
  void nbdcopyFailsOnAFaultyBlockAndTheServerGoesOn() throws IOException {
    disk.withFaultyBlock(100);
    Path copy = directory.resolve("copy");
    try (NbdServer server = start(Transport.TCP)) {
      Peer.Outcome outcome = Peer.run("nbdcopy", server.address().uri(), copy.toString());
      assertThat(outcome.exitCode()).isNotZero();
      assertThat(outcome.output()).contains("Input/output error");
      Peer.run("nbdinfo", "--size", server.address().uri()).succeeded();
    }
  }

  @ParameterizedTest
  @EnumSource
  void longestReadsAreWholeWithChunksAndWithout(Transport transport) throws IOException {
    try (NbdServer server = start(transport)) {
      for (String structured : List.of("True", "False")) {
        shell(
            "h.set_request_structured_replies(%s); %s".formatted(structured, connectUri(server)),
            "assert h.get_structured_replies_negotiated() == " + structured,
            "assert h.pread(32 << 20, 0) == disk[:32 << 20]",
            "assert h.pread(32 << 20, 777) == disk[777:777 + (32 << 20)]",
            "assert h.pread(1, len(disk) - 1) == disk[-1:]");
      }
    }
  }

  @Test
  void chunksComeInOrderAndDontFragmentMakesThemOne() throws IOException {
    try (NbdServer server = start(Transport.UNIX)) {
      shell(
          connectUri(server),
          "seen = []",
          "def chunk(data, offset, status, error): seen.append((offset, len(data), status))",
          "h.pread_structured(4 * block, 14 * block, chunk)",
          "assert seen == [(14 * block, 2 * block, nbd.READ_DATA),"
              + " (16 * block, 2 * block, nbd.READ_HOLE)], seen",
          "seen.clear()",
          "h.pread_structured(4 * block, 14 * block, chunk, nbd.CMD_FLAG_DF)",
          "assert seen == [(14 * block, 4 * block, nbd.READ_DATA)], seen");
    }
  }

  @Test
  void errorCarriesItsOffsetAndTheConnectionGoesOn() throws IOException {
    disk.withFaultyBlock(100);
    try (NbdServer server = start(Transport.UNIX)) {
      shell(
          connectUri(server),
          "seen = []",
          "def chunk(data, offset, status, error): seen.append((offset, status, error.value))",
          "try:",
          "  h.pread_structured(2 * block, 100 * block, chunk)",
          "  assert False",
          "except nbd.Error as e: assert e.errno == 'EIO', e.errno",
          "assert seen == [(100 * block, nbd.READ_ERROR, errno.EIO)], seen",
          "assert h.pread(block, 99 * block) == disk[99 * block:100 * block]",
          "assert h.pread(block, 101 * block) == disk[101 * block:102 * block]");
    }
  }

  @Test
  void contextsCacheAndUnknownExportsAreAnswered() throws IOException {
    try (NbdServer server = start(Transport.UNIX)) {
      shell(
          "h.set_opt_mode(True); h.set_strict_mode(0); " + connectUri(server),
          "names = []",
          "h.add_meta_context('base:')",
          "h.opt_list_meta_context(lambda name: names.append(name))",
          "assert names == ['base:allocation'], names",
          "h.set_export_name('fedora')",
          "try:",
          "  h.opt_info()",
          "  assert False",
          "except nbd.Error as e: assert e.errno == 'ENOENT', e.errno",
          "h.set_export_name('" + MemoryDisk.NAME + "')",
          "h.clear_meta_contexts()",
          "h.add_meta_context('base:allocation')",
          "h.opt_go()",
          "assert h.can_meta_context('base:allocation')",
          "h.cache(block, 0)",
          "for write in (lambda: h.pwrite(b'x' * 512, 0), lambda: h.trim(512, 0)):",
          "  try:",
          "    write()",
          "    assert False",
          "  except nbd.Error as e: assert e.errno == 'EPERM', e.errno",
          "h.flush()",
          "assert h.pread(512, 0) == disk[:512]");
    }
  }
}
