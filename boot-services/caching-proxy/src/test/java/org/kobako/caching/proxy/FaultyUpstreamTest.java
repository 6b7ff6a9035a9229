package org.kobako.caching.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.StorePath;
import org.kobako.caching.proxy.fetch.FetchStatus;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.FaultyBox.Fault;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

class FaultyUpstreamTest {
  private static final int BLOCK_BYTES = 200_000;
  private static final int LONG_BYTES = 24 << 20;

  @TempDir private Path scratch;
  private TestStore store;
  private byte[] stored;
  private StorePath.Block block;

  @BeforeEach
  void makeStore() throws IOException {
    store = new TestStore(scratch.resolve("store"));
    stored = new byte[BLOCK_BYTES];
    new Random(1).nextBytes(stored);
    block = put(stored);
  }

  private StorePath.Block put(byte[] bytes) throws IOException {
    BlockDigest digest = store.put(bytes);
    return new StorePath.Block(digest.toHex());
  }

  private Path cache() {
    return scratch.resolve("cache");
  }

  private Path cached(StorePath path) {
    return path.in(cache());
  }

  private static HttpResponse<byte[]> get(ProxyBox box, String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(box.url() + path)));
  }

  private static HttpResponse<byte[]> get(ProxyBox box, StorePath path) throws Exception {
    return get(box, path.relative());
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient machine = HttpClient.newHttpClient()) {
      return machine.send(
          request.timeout(Duration.ofSeconds(40)).build(), BodyHandlers.ofByteArray());
    }
  }

  private void awaitCached(StorePath path) {
    Peer.await(
        path.relative() + " is in the cache",
        Duration.ofSeconds(20),
        () -> Files.exists(cached(path)));
  }

  @Test
  void aBlockIsFetchedOnceAndServedFromTheCacheFromThenOn() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      HttpResponse<byte[]> first = get(box, block);
      awaitCached(block);
      HttpResponse<byte[]> second = get(box, block);
      assertThat(first.body()).isEqualTo(stored);
      assertThat(first.headers().firstValue("Content-Length")).hasValue("" + BLOCK_BYTES);
      assertThat(second.body()).isEqualTo(stored);
      assertThat(second.headers().firstValue(ProxyBox.FROM_CACHE)).isPresent();
      assertThat(upstream.blockRequests()).isEqualTo(1);
    }
  }

  @Test
  void machinesThatAskAtOnceShareOneFetch() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root()).delayedBy(300, 1);
        ProxyBox box = ProxyBox.start(cache(), upstream.url());
        HttpClient machines = HttpClient.newHttpClient()) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            machines.sendAsync(
                HttpRequest.newBuilder(URI.create(box.url() + block.relative())).build(),
                BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(answer.get().body()).isEqualTo(stored);
      }
      assertThat(upstream.blockRequests()).isEqualTo(1);
      assertThat(box.status().fetches().coalesced()).isGreaterThan(0);
    }
  }

  @Test
  void boxesBehindThisOneShareOneFetch() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root()).delayedBy(300, 1);
        ProxyBox box = ProxyBox.start(cache(), upstream.url());
        HttpClient boxes =
            HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.9")).build()) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(
            boxes.sendAsync(
                HttpRequest.newBuilder(URI.create(box.url() + block.relative()))
                    .header("Via", "1.1 kobako-" + i)
                    .build(),
                BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(answer.get().body()).isEqualTo(stored);
      }
      assertThat(upstream.blockRequests()).isEqualTo(1);
    }
  }

  /** What these do is wrong, and another upstream has it right. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "NONE",
        "CHUNKED",
        "UNTIL_CLOSE",
        "CLOSE_SILENTLY",
        "STALL_IN_BODY",
        "TRUNCATE",
        "TOO_LONG"
      },
      mode = Mode.EXCLUDE)
  void whatOneUpstreamHasWrongComesFromAnother(Fault fault) throws Exception {
    byte[] small = new byte[3000]; // in one piece, so that nobody has got a part of it
    new Random(3).nextBytes(small);
    StorePath.Block one = put(small);
    try (FaultyBox bad = new FaultyBox(store.root()).with(fault);
        FaultyBox good = new FaultyBox(store.root()).delayedBy(1, 1);
        ProxyBox box = ProxyBox.start(cache(), bad.url(), good.url())) {
      HttpResponse<byte[]> answer = get(box, one);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(small);
      awaitCached(one);
      assertThat(Files.readAllBytes(cached(one))).isEqualTo(small);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"STALL_IN_BODY", "TRUNCATE"})
  void aBlockThatOneUpstreamBeganAnotherEnds(Fault fault) throws Exception {
    try (FaultyBox bad = new FaultyBox(store.root()).with(fault);
        FaultyBox good = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), bad.url(), good.url())) {
      assertThat(get(box, block).body()).isEqualTo(stored);
      assertThat(good.blockRequests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CHUNKED", "UNTIL_CLOSE", "CLOSE_SILENTLY"})
  void everySoundWayToSendABodyIsTaken(Fault fault) throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root()).with(fault);
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, block).body()).isEqualTo(stored);
      awaitCached(block);
    }
  }

  /** Also of a block in many pieces, of which the first were sent on. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FLIP_BIT", "TRUNCATE", "TOO_LONG"})
  void wrongBytesNeverBecomeAWholeAnswerAndAreNotKept(Fault fault) throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root()).with(fault);
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThatThrownBy(
              () -> {
                HttpResponse<byte[]> answer = get(box, block);
                if (answer.statusCode() != 200) {
                  throw new IOException("status " + answer.statusCode());
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(cached(block)).doesNotExist();
      upstream.with(Fault.NONE);
      assertThat(get(box, block).body()).isEqualTo(stored);
    }
  }

  @Test
  void whatNoUpstreamHasIsMissingAndNotAskedForAgainAtOnce() throws Exception {
    StorePath.Block unknown = new StorePath.Block("0".repeat(64));
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      for (int i = 0; i < 10; i++) {
        assertThat(get(box, unknown).statusCode()).isEqualTo(404);
      }
      assertThat(upstream.blockRequests()).isEqualTo(1);
    }
  }

  /** Their first requests may meet half-way: one time in twenty, when that was not seen to. */
  @RepeatedTest(20)
  void boxesThatNameEachOtherSayAtOnceThatNoneHasIt() throws Exception {
    int port = Peer.freePort();
    try (ProxyBox one = ProxyBox.start(cache(), "http://127.0.0.1:" + port);
        ProxyBox other =
            new ProxyBox(ProxyBox.config(scratch.resolve("other"), trim(one.url())), port);
        HttpClient machines = HttpClient.newHttpClient()) {
      long startNs = System.nanoTime();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String url = (i % 2 == 0 ? one : other).url();
        answers.add(
            machines.sendAsync(
                HttpRequest.newBuilder(URI.create(url + block.relative())).build(),
                BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(404);
      }
      // A loop would wait until its upstream's time is over: 15 s.
      assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(8));
      assertThat(one.status().fetches().unusable()).isZero();
    }
  }

  @Test
  void boxesThatNameEachOtherGetItFromAnUpstreamOfOne() throws Exception {
    int port = Peer.freePort();
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox one = ProxyBox.start(cache(), "http://127.0.0.1:" + port, trim(upstream.url()));
        ProxyBox other =
            new ProxyBox(ProxyBox.config(scratch.resolve("other"), trim(one.url())), port)) {
      assertThat(get(one, block).body()).isEqualTo(stored);
      assertThat(get(other, block).body()).isEqualTo(stored);
      assertThat(upstream.blockRequests()).isEqualTo(1);
    }
  }

  private static String trim(String url) {
    return url.replaceFirst("/$", "");
  }

  @Test
  void anUpstreamThatIsGoneIsTheGatewaysTrouble() throws Exception {
    FaultyBox upstream = new FaultyBox(store.root());
    upstream.close();
    try (ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      HttpResponse<byte[]> answer = get(box, block);
      assertThat(answer.statusCode()).isIn(502, 504);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(new String(answer.body())).startsWith("no upstream");
    }
  }

  @Test
  void whatIsInTheCacheIsServedWithoutAnUpstream() throws Exception {
    store.add("debian", 3, new byte[300_000]);
    StorePath current = StorePath.parse("images/debian/current").orElseThrow();
    StorePath index = StorePath.parse("images/debian/3.index").orElseThrow();
    FaultyBox upstream = new FaultyBox(store.root());
    byte[] wholeIndex = Files.readAllBytes(index.in(store.root()));
    try (ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, current).body()).isEqualTo("3\n".getBytes());
      assertThat(get(box, index).body()).isEqualTo(wholeIndex);
      assertThat(get(box, block).body()).isEqualTo(stored);
      awaitCached(block);
    }
    upstream.close();
    try (ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, current).body()).isEqualTo("3\n".getBytes());
      assertThat(get(box, index).body()).isEqualTo(wholeIndex);
      assertThat(get(box, block).body()).isEqualTo(stored);
    }
  }

  @Test
  void aNewVersionIsSeenAtTheNextQuestion() throws Exception {
    StorePath current = StorePath.parse("images/debian/current").orElseThrow();
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      for (int version = 3; version < 20; version++) {
        // The one before may be on its way to the disk still.
        store.add("debian", version, new byte[300_000]);
        assertThat(get(box, current).body()).isEqualTo((version + "\n").getBytes());
      }
    }
  }

  @Test
  void whatIsInTheCacheIsUsedSoonWhereTheOnlyUpstreamIsSilent() throws Exception {
    StorePath current = StorePath.parse("images/debian/current").orElseThrow();
    store.add("debian", 3, new byte[300_000]);
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, current).body()).isEqualTo("3\n".getBytes());
      upstream.with(Fault.STALL, "images/");
      long startNs = System.nanoTime();
      assertThat(get(box, current).body()).isEqualTo("3\n".getBytes());
      // Without the cache it would have 15 s.
      assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void anUpstreamThatRestsInTheMiddleOfANewFileIsWaitedForWhateverIsInTheCache() throws Exception {
    byte[] old = "old".getBytes();
    try (ServerSocket upstream = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        ProxyBox box = ProxyBox.start(cache(), "http://127.0.0.1:" + upstream.getLocalPort())) {
      Thread.ofVirtual()
          .start(() -> {
            answerSlowly(upstream, old, Duration.ZERO);
            answerSlowly(upstream, stored, Duration.ofSeconds(3));
          });
      assertThat(get(box, "boot/vmlinuz").body()).isEqualTo(old);
      Peer.await(
          "the file is in the cache",
          Duration.ofSeconds(20),
          () -> Files.exists(cache().resolve("boot/vmlinuz")));
      assertThat(get(box, "boot/vmlinuz").body()).isEqualTo(stored);
    }
  }

  /** One connection's first request, by a file that is old at once. */
  private static void answerSlowly(ServerSocket upstream, byte[] body, Duration rest) {
    try (Socket asker = upstream.accept()) {
      assertThat(asker.getInputStream().read(new byte[8192])).isPositive();
      OutputStream out = asker.getOutputStream();
      String head =
          "HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nConnection: close\r\nContent-Length: "
              + body.length;
      out.write((head + "\r\n\r\n").getBytes());
      out.write(body, 0, body.length / 2);
      Thread.sleep(rest);
      out.write(body, body.length / 2, body.length - body.length / 2);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** As some clients write a plus, and anybody may write anything. */
  @Test
  void anEncodedNameIsTheSameFileAndNoOlder() throws Exception {
    Path file = Files.createDirectories(store.root().resolve("boot")).resolve("g++.efi");
    Files.writeString(file, "old");
    StorePath current = StorePath.parse("images/debian/current").orElseThrow();
    store.add("debian", 3, new byte[300_000]);
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, "boot/g%2b%2B.efi").body()).isEqualTo("old".getBytes());
      assertThat(get(box, current).body()).isEqualTo("3\n".getBytes());
      Files.writeString(file, "new");
      store.add("debian", 4, new byte[400_000]);
      assertThat(get(box, "boot/%67++.efi").body()).isEqualTo("new".getBytes());
      assertThat(get(box, "images/debian/%63urrent").body()).isEqualTo("4\n".getBytes());
      assertThat(get(box, "images/debian/%6current").statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FLIP_BIT", "TOO_LONG", "REDIRECT", "GARBAGE", "ENDLESS_HEAD"})
  void anIndexThatIsNotWholeIsNotPassedOnAsOne(Fault fault) throws Exception {
    store.add("debian", 3, new byte[300_000]);
    StorePath index = StorePath.parse("images/debian/3.index").orElseThrow();
    try (FaultyBox upstream = new FaultyBox(store.root()).with(fault, "images/");
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      try {
        assertThat(get(box, index).statusCode()).isEqualTo(502);
      } catch (IOException brokenOff) {
        // Its beginning was on its way when its end turned out wrong.
        assertThat(brokenOff).hasMessageContaining("bytes received");
      }
      assertThat(cached(index)).doesNotExist();
    }
  }

  @Test
  void aVersionWithoutItsNewlineMayLackDigitsAndIsRefused() throws Exception {
    store.add("debian", 12, new byte[300_000]);
    StorePath current = StorePath.parse("images/debian/current").orElseThrow();
    Files.writeString(current.in(store.root()), "1");
    try (FaultyBox upstream = new FaultyBox(store.root()).with(Fault.UNTIL_CLOSE, "images/");
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, current).statusCode()).isEqualTo(502);
      assertThat(cached(current)).doesNotExist();
      Files.writeString(current.in(store.root()), "12\n");
      assertThat(get(box, current).body()).isEqualTo("12\n".getBytes());
    }
  }

  @Test
  void aBootFileOfNoKnownLengthThatEndsWithItsConnectionIsPassedOnAndNotKept() throws Exception {
    Path kernel = Files.createDirectories(store.root().resolve("boot")).resolve("vmlinuz");
    Files.write(kernel, stored);
    try (FaultyBox upstream = new FaultyBox(store.root()).with(Fault.UNTIL_CLOSE, "boot/");
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      assertThat(get(box, "boot/vmlinuz").body()).isEqualTo(stored);
      assertThat(cache().resolve("boot/vmlinuz")).doesNotExist();
      upstream.with(Fault.CHUNKED, "boot/"); // whose end the last chunk tells
      assertThat(get(box, "boot/vmlinuz").body()).isEqualTo(stored);
      Peer.await(
          "the file is in the cache",
          Duration.ofSeconds(20),
          () -> Files.exists(cache().resolve("boot/vmlinuz")));
    }
  }

  @Test
  void anIndexOfAnotherImageIsRefused() throws Exception {
    store.add("debian", 3, new byte[300_000]);
    store.add("other", 3, new byte[400_000]);
    Files.copy(
        store.root().resolve("images/other/3.index"),
        store.root().resolve("images/debian/3.index"),
        StandardCopyOption.REPLACE_EXISTING);
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      HttpResponse<byte[]> answer = get(box, "images/debian/3.index");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(new String(answer.body())).contains("image other version 3");
    }
  }

  @Test
  void aTornFileOfAnotherTimeIsFetchedAnew() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root())) {
      try (ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
        get(box, block);
        awaitCached(block);
      }
      try (var file = Files.newByteChannel(cached(block), StandardOpenOption.WRITE)) {
        file.truncate(1000);
      }
      try (ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
        assertThat(get(box, block).body()).isEqualTo(stored);
        assertThat(upstream.blockRequests()).isEqualTo(2);
      }
    }
  }

  @Test
  void aBlockThatAMachineDoubtsIsVerifiedAgain() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box = ProxyBox.start(cache(), upstream.url())) {
      get(box, block);
      awaitCached(block);
      TestStore.flipBit(cached(block));
      HttpRequest.Builder past =
          HttpRequest.newBuilder(URI.create(box.url() + block.relative()))
              .header("Cache-Control", "no-cache");
      assertThat(send(past).body()).isEqualTo(stored);
      assertThat(upstream.blockRequests()).isEqualTo(2);
    }
  }

  @Test
  void aFullCacheGivesUpBlocksAndStaysWithinItsQuota() throws Exception {
    List<StorePath.Block> many = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[100_000];
      new Random(i + 10).nextBytes(bytes);
      many.add(put(bytes));
    }
    long quota = 2 << 20;
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box =
            new ProxyBox(ProxyBox.withQuota(ProxyBox.config(cache(), upstream.url()), quota), 0)) {
      for (StorePath.Block one : many) {
        assertThat(get(box, one).statusCode()).isEqualTo(200);
      }
      awaitCached(many.getLast());
      assertThat(box.status().usedBytes()).isBetween(quota / 2, quota);
      try (var files = Files.walk(cache().resolve("blocks"))) {
        assertThat(files.filter(Files::isRegularFile).count()).isEqualTo(box.status().blocks());
      }
    }
  }

  @Test
  void anImageThatIsKeptIsFetchedAheadAndOutlivesAllOthers() throws Exception {
    byte[] disk = new byte[1 << 20];
    new Random(7).nextBytes(disk);
    store.add("kiosk", 1, disk);
    try (FaultyBox upstream = new FaultyBox(store.root());
        ProxyBox box =
            new ProxyBox(
                ProxyBox.keeping(
                    ProxyBox.withQuota(ProxyBox.config(cache(), upstream.url()), 4 << 20),
                    "kiosk",
                    1L << 30),
                0)) {
      Peer.await(
          "all 16 blocks are here", Duration.ofSeconds(20), () -> box.status().blocks() == 16);
      for (int i = 0; i < 60; i++) {
        byte[] bytes = new byte[100_000];
        new Random(i + 10).nextBytes(bytes);
        get(box, put(bytes));
      }
      int asked = upstream.blockRequests();
      try (var blocks = Files.walk(store.root().resolve("blocks"))) {
        for (Path file :
            (Iterable<Path>) blocks.filter(it -> it.toFile().length() == 65536)::iterator) {
          get(box, store.root().relativize(file).toString());
        }
      }
      assertThat(upstream.blockRequests()).isEqualTo(asked);
    }
  }

  /** Longer than the cache takes, so that it comes only as it is read. */
  private void putLongBootFile() throws IOException {
    Path file = store.root().resolve("boot/long");
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[LONG_BYTES]);
  }

  private ProxyBox withLittleRoom(FaultyBox... upstreams) throws Exception {
    String[] urls = Arrays.stream(upstreams).map(FaultyBox::url).toArray(String[]::new);
    return new ProxyBox(ProxyBox.withQuota(ProxyBox.config(cache(), urls), 2 << 20), 0);
  }

  @Test
  void aMachineThatRestsGetsAllOfALongFileFromTheSameUpstream() throws Exception {
    putLongBootFile();
    try (FaultyBox upstream = new FaultyBox(store.root());
        FaultyBox spare = new FaultyBox(store.root());
        ProxyBox box = withLittleRoom(upstream, spare);
        InputStream machine = URI.create(box.url() + "boot/long").toURL().openStream()) {
      assertThat(machine.readNBytes(100_000)).hasSize(100_000);
      Thread.sleep(3_000); // longer than an upstream may take where there is another
      assertThat(machine.readAllBytes()).hasSize(LONG_BYTES - 100_000);
      assertThat(box.status().fetches().unusable()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Asker.class)
  void whoWantsNoMoreOfAFileIsNoFaultOfItsUpstream(Asker asker) throws Exception {
    putLongBootFile();
    try (FaultyBox upstream = new FaultyBox(store.root());
        FaultyBox spare = new FaultyBox(store.root());
        ProxyBox box = withLittleRoom(upstream, spare)) {
      for (int i = 0; i < 5; i++) {
        asker.askFor(URI.create(box.url() + "boot/long"));
      }
      FetchStatus status = box.status().fetches();
      assertThat(status.asked()).isEqualTo(5);
      assertThat(status.unusable()).isZero();
      assertThat(status.upstreams())
          .extracting(FetchStatus.OfUpstream::state)
          .containsOnly("HEALTHY");
    }
  }

  /** Over a socket of its own: a client that asks again by itself may meet the box as it closes. */
  @Test
  void thatTheBoxStopsIsNoFaultOfItsUpstream() throws Exception {
    try (FaultyBox upstream = new FaultyBox(store.root()).with(Fault.STALL)) {
      ProxyBox box = ProxyBox.start(cache(), upstream.url());
      URI file = URI.create(box.url() + block.relative());
      try (Socket machine = new Socket(file.getHost(), file.getPort())) {
        machine.setSoTimeout(40_000);
        request(machine, file);
        Peer.await(
            "the upstream is asked", Duration.ofSeconds(20), () -> upstream.blockRequests() > 0);
        box.close();
        assertThat(restOf(machine)).hasSizeLessThan(BLOCK_BYTES);
      }
      assertThat(box.status().fetches().unusable()).isZero();
    }
  }

  private static void request(Socket machine, URI file) throws IOException {
    machine
        .getOutputStream()
        .write(("GET " + file.getPath() + " HTTP/1.1\r\nHost: box\r\n\r\n").getBytes());
  }

  /** What comes until the connection ends, however it does. */
  private static byte[] restOf(Socket machine) throws IOException {
    try {
      return machine.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  /** Who asks for a file, and not for all of it. */
  private enum Asker {
    WANTS_ITS_HEAD {
      @Override
      void askFor(URI file) throws Exception {
        send(HttpRequest.newBuilder(file).HEAD());
      }
    },
    HANGS_UP {
      @Override
      void askFor(URI file) throws Exception {
        try (Socket machine = new Socket(file.getHost(), file.getPort())) {
          request(machine, file);
          assertThat(machine.getInputStream().readNBytes(100_000)).hasSize(100_000);
        }
      }
    };

    abstract void askFor(URI file) throws Exception;
  }

  @Test
  void aRequestThatComesBackToItsOwnBoxIsNotSentOnAgain() throws Exception {
    try (ProxyBox first = ProxyBox.start(cache(), "http://127.0.0.1:1");
        ProxyBox second = ProxyBox.start(scratch.resolve("cache2"), url(first))) {
      // The first asks nobody; the second asks the first.
      assertThat(get(second, block).statusCode()).isIn(502, 504);
    }
  }

  private static String url(ProxyBox box) {
    return box.url().substring(0, box.url().length() - 1);
  }
}
