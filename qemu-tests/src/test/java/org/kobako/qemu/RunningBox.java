package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.kobako.testing.Peer;

/** {@code kobako serve} on a computer of the network, as an operator starts it. */
record RunningBox(Process process) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * Starts it, and waits until it boots machines.
   *
   * @param config its kobako.toml
   * @param log what it says
   */
  static RunningBox start(Network.Host host, Path config, Path log) throws IOException {
    Process process =
        Peer.start(
            log,
            host.command(
                Program.kobako("serve", "--config", config.toString()).toArray(String[]::new)));
    RunningBox box = new RunningBox(process);
    try {
      Peer.await(
          "the box boots machines",
          PATIENCE,
          () -> Files.readString(log).contains("boots machines on ") || !process.isAlive());
      if (!process.isAlive()) {
        throw new AssertionError("the box ended: " + Files.readString(log));
      }
      return box;
    } catch (AssertionError | IOException e) {
      box.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Peer.stop(process);
  }
}
