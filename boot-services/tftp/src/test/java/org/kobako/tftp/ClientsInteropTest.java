package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.testing.Peer;

/** Programs that others wrote fetch what we have, bit for bit. */
@Tag("interop")
class ClientsInteropTest {
  @TempDir Path directory;

  private TestBox box;
  private String port;
  private Path out;

  @BeforeEach
  void serve() throws Exception {
    box = new TestBox(directory.resolve("files"));
    port = String.valueOf(box.port());
    out = directory.resolve("out");
  }

  @AfterEach
  void stop() {
    box.close();
    assertThat(box.files().openCount()).isZero();
  }

  private String curl(String name, String... options) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-o", out.toString()));
    command.addAll(List.of(options));
    command.add("tftp://127.0.0.1:" + port + "/" + name);
    return Peer.run(command).succeeded();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 1024, 1_000_000})
  void curlFetchesEverySize(int lengthBytes) throws Exception {
    byte[] bytes = box.files().make("amd64/vmlinuz", lengthBytes);
    curl("amd64/vmlinuz");
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void curlFetchesOverIpv6() throws Exception {
    InetAddress everywhere = TftpConfig.defaults().listenAddress();
    try (TestBox both = new TestBox(directory.resolve("files"), TestBox.configAt(everywhere))) {
      byte[] bytes = both.files().make("initrd", 70_000);
      String url = "tftp://[::1]:" + both.port() + "/initrd";
      Peer.run("curl", "-gsS", "-o", out.toString(), url).succeeded();
      assertThat(out).hasBinaryContent(bytes);
    }
  }

  @Test
  void curlFetchesWithoutOptions() throws Exception {
    byte[] bytes = box.files().make("initrd", 70_000);
    curl("initrd", "--tftp-no-options");
    assertThat(out).hasBinaryContent(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 512, 1408, 1432, 1468, 8192, 65464})
  void curlFetchesInEveryPacketSize(int packetBytes) throws Exception {
    byte[] bytes = box.files().make("initrd", 100_000);
    curl("initrd", "--tftp-blksize", String.valueOf(packetBytes));
    assertThat(out).hasBinaryContent(bytes);
  }

  /** 68 MB in packets of 512 bytes: their numbers begin anew at 0, and once more. */
  @Test
  void packetNumbersBeginAnewInALargeFile() throws Exception {
    int lengthBytes = 68_000_000;
    byte[] bytes = box.files().make("initrd", lengthBytes);
    assertThat(lengthBytes / 512).isGreaterThan(2 * 65536);
    atftp("initrd", "windowsize 32");
    assertThat(out).hasBinaryContent(bytes);
  }

  private String atftp(String name, String... options) {
    List<String> command = new ArrayList<>(List.of("atftp", "--get", "-r", name));
    for (String option : options) {
      command.addAll(List.of("--option", option));
    }
    command.addAll(List.of("-l", out.toString(), "127.0.0.1", port));
    return Peer.run(command).succeeded();
  }

  @ParameterizedTest
  @CsvSource({"512,1", "512,4", "1468,4", "1468,16", "1024,64", "1468,65535", "8,3"})
  void atftpFetchesInWindows(int packetBytes, int windowPackets) throws Exception {
    byte[] bytes = box.files().make("initrd", 500_000);
    atftp("initrd", "blksize " + packetBytes, "windowsize " + windowPackets, "tsize 0");
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void atftpFetchesAnEmptyFile() throws Exception {
    box.files().make("empty", 0);
    atftp("empty", "tsize 0");
    assertThat(out).isEmptyFile();
  }

  @Test
  void atftpFetchesAlthoughItAsksForMulticast() throws Exception {
    byte[] bytes = box.files().make("initrd", 500_000);
    atftp("initrd", "multicast", "blksize 1024", "timeout 2");
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void tftpHpaFetchesInBinaryMode() throws Exception {
    byte[] bytes = box.files().make("amd64/vmlinuz", 500_000);
    Peer.run(
            "tftp", "-m", "binary", "127.0.0.1", port, "-c", "get", "amd64/vmlinuz", out.toString())
        .succeeded();
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void tftpHpaIsToldWhyNetasciiIsRefused() throws Exception {
    box.files().make("vmlinuz", 500);
    assertThat(
            Peer.run("tftp", "-m", "ascii", "127.0.0.1", port, "-c", "get", "vmlinuz", "/dev/null")
                .output())
        .contains("netascii would change the file");
  }

  @Test
  void tftpHpaIsToldThatWeTakeNoFiles() throws Exception {
    box.files().make("vmlinuz", 500);
    String file = box.files().path("vmlinuz").toString();
    assertThat(Peer.run("tftp", "127.0.0.1", port, "-c", "put", file, "new").output())
        .contains("this box hands out files and takes none");
    assertThat(box.files().path("new")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"512", "1468", "65464"})
  void busyboxFetches(String packetBytes) throws Exception {
    byte[] bytes = box.files().make("boot/initrd", 300_000);
    Peer.run(
            "busybox",
            "tftp",
            "-b",
            packetBytes,
            "-g",
            "-r",
            "/boot/initrd",
            "-l",
            out.toString(),
            "127.0.0.1",
            port)
        .succeeded();
    assertThat(out).hasBinaryContent(bytes);
  }

  @Test
  void curlIsToldThatAFileIsMissing() throws Exception {
    Peer.Outcome outcome =
        Peer.run("curl", "-sS", "-o", out.toString(), "tftp://127.0.0.1:" + port + "/missing");
    assertThat(outcome.exitCode()).isEqualTo(68); // CURLE_TFTP_NOTFOUND
  }
}
