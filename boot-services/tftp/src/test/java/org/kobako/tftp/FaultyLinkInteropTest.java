package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.testing.Peer;

/** Programs that others wrote fetch, bit for bit, over a network that treats packets badly. */
@Tag("interop")
class FaultyLinkInteropTest {
  private static final int ONE_IN = 20;

  @TempDir Path directory;

  private TestBox box;
  private byte[] bytes;
  private Path out;

  @BeforeEach
  void serve() throws Exception {
    box = new TestBox(directory.resolve("files"));
    bytes = box.files().make("initrd", 200_000);
    out = directory.resolve("out");
  }

  @AfterEach
  void stop() {
    box.close();
    assertThat(box.files().openCount()).isZero();
  }

  private void fetch(FaultyLink.Fault fault, String... command) throws Exception {
    FaultyLink link = new FaultyLink(box, fault, ONE_IN);
    try (link) {
      List<String> words =
          List.of(command).stream()
              .map(word -> word.equals("PORT") ? portOf(link) : word)
              .map(word -> word.equals("OUT") ? out.toString() : word)
              .toList();
      Peer.run(words).succeeded();
    }
    assertThat(out).hasBinaryContent(bytes);
    assertThat(link.faults()).isPositive();
  }

  private static String portOf(FaultyLink link) {
    return String.valueOf(link.port());
  }

  @ParameterizedTest
  @EnumSource(FaultyLink.Fault.class)
  void busyboxFetchesInLockStep(FaultyLink.Fault fault) throws Exception {
    fetch(
        fault,
        "busybox",
        "tftp",
        "-b",
        "1468",
        "-g",
        "-r",
        "initrd",
        "-l",
        "OUT",
        "127.0.0.1",
        "PORT");
  }

  /**
   * Where its ACK of a window is lost it ignores that window until it has heard nothing for its
   * time.
   */
  @ParameterizedTest
  @EnumSource(FaultyLink.Fault.class)
  void atftpFetchesInWindows(FaultyLink.Fault fault) throws Exception {
    fetch(
        fault,
        "atftp",
        "--option",
        "timeout 1",
        "--option",
        "blksize 512",
        "--option",
        "windowsize 8",
        "--get",
        "-r",
        "initrd",
        "-l",
        "OUT",
        "127.0.0.1",
        "PORT");
  }
}
