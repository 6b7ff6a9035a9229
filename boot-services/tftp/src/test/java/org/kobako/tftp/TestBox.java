package org.kobako.tftp;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.kobako.boot.plan.BootFileName;

/** A TFTP server on a loopback port that the kernel chose, and its boot files. */
final class TestBox implements AutoCloseable {
  private final TestFiles files;
  private final TftpServer server;

  TestBox(Path folder) throws IOException {
    this(folder, config());
  }

  TestBox(Path folder, TftpConfig config) throws IOException {
    files = new TestFiles(folder);
    server = new TftpServer(config, files);
    server.bind();
    server.start();
  }

  /** The defaults, on loopback; large packets, as clients in tests ask for them. */
  static TftpConfig config() {
    return config(TftpConfig.DEFAULT_MAX_TRANSFERS, Duration.ofSeconds(30));
  }

  static TftpConfig config(int maxTransfers, Duration giveUpAfter) {
    return config(InetAddress.getLoopbackAddress(), maxTransfers, giveUpAfter);
  }

  static TftpConfig configAt(InetAddress address) {
    return config(address, TftpConfig.DEFAULT_MAX_TRANSFERS, Duration.ofSeconds(30));
  }

  private static TftpConfig config(InetAddress address, int maxTransfers, Duration giveUpAfter) {
    return new TftpConfig(
        address,
        0,
        0,
        maxTransfers,
        Math.min(maxTransfers, TftpConfig.DEFAULT_MAX_TRANSFERS_PER_MACHINE),
        Packet.MAX_DATA_BYTES,
        TftpConfig.DEFAULT_MAX_WINDOW_PACKETS,
        Duration.ofMillis(200),
        giveUpAfter);
  }

  TestFiles files() {
    return files;
  }

  void check(String name, byte[] content) throws IOException {
    server.check(BootFileName.of(name), content);
  }

  int sessionCount() {
    return server.sessionCount();
  }

  int port() {
    return server.address().getPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
