package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class ServeCommandTest {
  private static final int BLOCK = 64 << 10;

  @TempDir Path directory;
  private TestStore store;

  @BeforeEach
  void makeStore() throws IOException {
    store = new TestStore(directory.resolve("store"));
    store.add("debian", 1, TestDisk.mixed(3 * BLOCK, BLOCK, 1));
    store.add("debian", 2, TestDisk.mixed(4 * BLOCK, BLOCK, 1));
    store.add("alpine", 1, TestDisk.mixed(4 * BLOCK, BLOCK, 1));
  }

  private KobakoRun serve(int port) {
    return KobakoRun.started(
        "serve", "--store", store.root(), "--listen", "127.0.0.1", "--http-port", port);
  }

  @Test
  void readyLineTellsTheUrlAndTheImages() {
    int port = Peer.freePort();
    try (KobakoRun serve = serve(port)) {
      assertThat(serve.out())
          .isEqualTo("ready: http://127.0.0.1:%d/ serves alpine 1, debian 2\n".formatted(port));
    }
  }

  @Test
  void storeIsServedUntilTheStop() throws IOException {
    KobakoRun serve = serve(0);
    String url = serve.out().replaceAll(".*(http://[^ ]*).*\n", "$1");

    HttpURLConnection current =
        (HttpURLConnection) URI.create(url + "images/debian/current").toURL().openConnection();
    try (InputStream body = current.getInputStream()) {
      assertThat(body).hasContent("2\n");
    }
    serve.stop();

    assertThat(serve.exitCode()).isZero();
    assertThat(serve.err()).isEmpty();
    int port = URI.create(url).getPort();
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void portThatIsInUseIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      KobakoRun serve = serve(other.getLocalPort());

      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.err())
          .isEqualTo(
              "kobako serve: HTTP port "
                  + other.getLocalPort()
                  + " is in use: stop the program that has it, or choose another with"
                  + " --http-port\n");
    }
  }

  @Test
  void addressOfAnotherMachineIsRefused() {
    KobakoRun serve =
        KobakoRun.of("serve", "--store", store.root(), "--listen", "192.0.2.1", "--http-port", 0);

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.err())
        .isEqualTo(
            "kobako serve: this machine has no address 192.0.2.1: choose another with --listen\n");
  }
}
