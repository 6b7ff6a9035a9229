package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
  void anImageWhoseCurrentVersionIsDamagedIsNamedAndTheOthersAreServed() throws IOException {
    Path damaged = Files.writeString(store.root().resolve("images/debian/current"), "none\n");
    try (KobakoRun serve = serve(0)) {
      assertThat(serve.out()).endsWith("/ serves alpine 1\n");
      assertThat(serve.err())
          .isEqualTo(
              "kobako serve: image debian: %s holds no version: write one of the versions beside it"
                      .formatted(damaged)
                  + " there\n");
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

  /** A configuration for this test's store, on a port that the kernel chooses. */
  private String config(String more) {
    return """
    store = "%s"
    state = "%s"
    %s
    [http]
    listen = "127.0.0.1"
    port = 0
    """
        .formatted(store.root(), directory.resolve("state"), more);
  }

  private KobakoRun serveWithLastGood() {
    return KobakoRun.started(
        "serve", "--config", directory.resolve("card.toml"), "--last-good", lastGood());
  }

  private Path lastGood() {
    return directory.resolve("data/kobako.toml");
  }

  private static String urlOf(KobakoRun serve) {
    return serve.out().replaceAll("(?s).*?(http://[^ ]*).*", "$1");
  }

  private static String get(KobakoRun serve, String path) throws IOException {
    try (InputStream body = URI.create(urlOf(serve) + path).toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The status as it is when all services have answered. */
  private static String soundStatus(KobakoRun serve) {
    Peer.await(
        "the box is sound",
        Duration.ofSeconds(30),
        () -> get(serve, "status").contains("\"sound\": true"));
    try {
      return get(serve, "status");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theStatusTellsWhichServicesAnswer() {
    try (KobakoRun serve = serve(0)) {
      assertThat(soundStatus(serve))
          .contains("\"services\": [{\"name\": \"http\", \"state\": \"answering\"}, ")
          .contains(
              "{\"name\": \"dhcp\", \"state\": \"off\", \"why\": \"nobody but this machine can"
                  + " reach the box\"}")
          .contains("\"config\": {\"used\": \"defaults\", \"refused\": []}")
          .contains("\"machines-seen\": 0")
          .containsPattern("\"memory\": \\{\"resident-kib\": [1-9][0-9]+, \"private-kib\": [1-9]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "status.txt", "machines", "images", "images.txt"})
  void whatOnlyTellsIsOnlyRead(String path) throws IOException {
    try (KobakoRun serve = serve(0)) {
      assertThat(get(serve, path)).isNotEmpty();
      HttpURLConnection post =
          (HttpURLConnection) URI.create(urlOf(serve) + path).toURL().openConnection();
      post.setRequestMethod("POST");
      assertThat(post.getResponseCode()).isEqualTo(405);
      assertThat(post.getHeaderField("Allow")).isEqualTo("GET, HEAD");
      try (InputStream sentence = post.getErrorStream()) {
        assertThat(new String(sentence.readAllBytes(), StandardCharsets.UTF_8))
            .matches("the [a-z]+ (is|are) [a-z]+ with GET and HEAD\n");
      }
    }
  }

  @Test
  void aConfigThatTheBoxIsSoundWithIsKept() throws IOException {
    Files.writeString(directory.resolve("card.toml"), config(""));
    try (KobakoRun serve = serveWithLastGood()) {
      assertThat(soundStatus(serve)).contains("\"config\": {\"used\": \"file\"");
      Peer.await("it is kept", Duration.ofSeconds(10), () -> Files.exists(lastGood()));
      assertThat(lastGood()).hasContent(config(""));
      assertThat(serve.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store = \"st", // torn
        "stoer = \"store\"\n",
        "store = \"nowhere\"\n",
        "store = \"store\"\n[http]\nlisten = \"192.0.2.1\"\n"
      })
  void aConfigThatCannotBeUsedIsSaidAndTheLastGoodOneServes(String bad) throws IOException {
    Files.createDirectories(lastGood().getParent());
    Files.writeString(lastGood(), config(""));
    Files.writeString(directory.resolve("card.toml"), bad);
    try (KobakoRun serve = serveWithLastGood()) {
      assertThat(serve.err().lines())
          .singleElement()
          .asString()
          .startsWith("kobako serve: " + directory.resolve("card.toml") + ": ")
          .endsWith("; goes on with the last good one, or else the defaults");
      assertThat(soundStatus(serve))
          .contains("\"config\": {\"used\": \"last-good\"")
          .contains("\"refused\": [\"" + directory.resolve("card.toml") + ": ");
      assertThat(lastGood()).hasContent(config(""));
    }
  }

  /** Booting machines is refused on loopback, which shows when the HTTP port is taken already. */
  @Test
  void aConfigThatFailsLateLeavesItsPortToTheLastGoodOne() throws IOException {
    String port = "port = " + Peer.freePort() + "\n";
    Files.createDirectories(lastGood().getParent());
    Files.writeString(lastGood(), config("").replace("port = 0\n", port));
    Files.writeString(
        directory.resolve("card.toml"), config("netboot = true").replace("port = 0\n", port));
    try (KobakoRun serve = serveWithLastGood()) {
      assertThat(serve.err().lines())
          .singleElement()
          .asString()
          .contains("the box cannot boot machines: ");
      assertThat(soundStatus(serve)).contains("\"config\": {\"used\": \"last-good\"");
    }
  }

  @Test
  void withoutAnyGoodConfigTheCommandLineAndTheDefaultsServe() throws IOException {
    Files.createDirectories(lastGood().getParent());
    Files.writeString(lastGood(), "also torn = \"");
    try (KobakoRun serve =
        KobakoRun.started(
            "serve",
            "--config",
            directory.resolve("none.toml"),
            "--last-good",
            lastGood(),
            "--store",
            store.root(),
            "--listen",
            "127.0.0.1",
            "--http-port",
            0)) {
      assertThat(serve.err().lines()).hasSize(2);
      assertThat(soundStatus(serve)).contains("\"config\": {\"used\": \"defaults\"");
    }
  }

  @Test
  void aDiskThatTakesNoCopyCostsNothingElse() throws IOException {
    Files.writeString(directory.resolve("data"), "no folder can be made here");
    Files.writeString(directory.resolve("card.toml"), config(""));
    try (KobakoRun serve = serveWithLastGood()) {
      assertThat(soundStatus(serve)).contains("\"config\": {\"used\": \"file\"");
    }
  }

  @Test
  void whatWasGoodBeforeIsNotGivenUpForTroubleAtTheStart() throws IOException {
    String config = config("").replace("127.0.0.1", "192.0.2.1");
    Files.createDirectories(lastGood().getParent());
    Files.writeString(lastGood(), config);
    Files.writeString(directory.resolve("card.toml"), config);

    KobakoRun serve = serveWithLastGood();

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.err())
        .isEqualTo(
            "kobako serve: this machine has no address 192.0.2.1: choose another with --listen\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network.interface = 'none0' | the box cannot boot machines: interface none0 is not up with an"
            + " IPv4 address: give it one",
        "dhcp.mode = 'sometimes' | CONFIG: dhcp.mode = \"sometimes\" is refused: it is none of:"
            + " auto, server, proxy, off"
      },
      quoteCharacter = '`')
  void aConfigThatIsRefusedIsOneSentenceAndStartsNothing(String more, String sentence)
      throws IOException {
    Path file = directory.resolve("kobako.toml");
    Files.writeString(file, "store = \"%s\"\nhttp.port = 0\n%s\n".formatted(store.root(), more));

    KobakoRun serve = KobakoRun.of("serve", "--config", file);

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.err())
        .isEqualTo("kobako serve: " + sentence.replace("CONFIG", file.toString()) + "\n");
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
