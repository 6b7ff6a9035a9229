package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.packer.StoreDirectory;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** Images packed onto a box in a process of its own, by us and by curl. As root. */
@Tag("interop")
@Timeout(240)
class UploadInteropTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;
  private static final String SECRET = "pgcdy-78vjz-49m2s-yugvw";
  private static final ImageName DEBIAN = new ImageName("debian");

  @TempDir Path work;
  private Path store;
  private Path disk;
  private Path secretFile;

  @BeforeEach
  void makeAnEmptyStore() throws IOException {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    store = work.resolve("store");
    disk = work.resolve("disk.img");
    secretFile = Files.writeString(work.resolve("secret"), SECRET + "\n");
    StoreDirectory.openOrCreate(store);
    Files.write(disk, TestDisk.mixed(64 * BLOCK, BLOCK, 1));
  }

  private ChildKobako box(String... options) throws IOException {
    return box(0, options);
  }

  private ChildKobako box(int port, String... options) throws IOException {
    List<String> lines = new ArrayList<>(List.of("store = \"" + store + "\""));
    lines.add("state = \"" + work.resolve("state") + "\"");
    Arrays.stream(options).filter(line -> !line.startsWith("trust")).forEach(lines::add);
    lines.addAll(List.of("[http]", "listen = \"127.0.0.1\"", "port = " + port));
    lines.addAll(List.of("[admin]", "secret-file = \"" + secretFile + "\""));
    Arrays.stream(options).filter(line -> line.startsWith("trust")).forEach(lines::add);
    Path config = Files.write(work.resolve("kobako.toml"), lines);
    return ChildKobako.start(work.resolve("serve.log"), "serve", "--config", config.toString());
  }

  private List<String> packWords(String url, String... more) {
    List<String> words = new ArrayList<>(List.of("pack", disk.toString(), url));
    words.addAll(List.of("--name", "debian", "--block-size", "64K", "--codec", "lz4", "--json"));
    words.addAll(List.of("--secret-file", secretFile.toString()));
    words.addAll(List.of("--scratch", work.resolve("scratch").toString()));
    words.addAll(List.of(more));
    return words;
  }

  private KobakoRun pack(ChildKobako box, String... more) {
    return KobakoRun.of(packWords(Children.urlOf(box), more).toArray());
  }

  private static long number(String json, String name) {
    return Long.parseLong(json.replaceAll("(?s).*\"" + name + "\": ([0-9]+).*", "$1"));
  }

  private void requireSound(long version, byte[] content) throws IOException {
    assertThat(KobakoRun.of("verify", store).succeeded()).isNotEmpty();
    assertThat(store.resolve("images/debian/current")).hasContent(version + "\n");
    Path out = work.resolve("out.img");
    KobakoRun.of("unpack", store, "debian", out).succeeded();
    assertThat(out).hasBinaryContent(content);
  }

  /** By find, which does not mind when some go while it looks. */
  private List<String> files() {
    return Peer.run("sh", "-c", "find '" + store + "' -type f -printf '%P\\n' 2>/dev/null || true")
        .succeeded()
        .lines()
        .filter(file -> !file.equals(".lock"))
        .sorted()
        .toList();
  }

  private boolean hasNamedABatch() {
    return files().stream().filter(file -> file.startsWith("blocks/")).count() > 1000;
  }

  @Test
  void aNewVersionSendsOnlyNewBlocks() throws IOException {
    try (ChildKobako box = box()) {
      String first = pack(box).succeeded();
      byte[] content = Files.readAllBytes(disk);
      byte[] changed = new byte[2 * BLOCK];
      new Random(7).nextBytes(changed);
      System.arraycopy(changed, 0, content, 5 * BLOCK, changed.length);
      Files.write(disk, content);

      String second = pack(box).succeeded();
      String again = pack(box).succeeded();

      assertThat(number(first, "version")).isEqualTo(1);
      assertThat(number(first, "new-blocks")).isGreaterThan(30);
      assertThat(number(second, "version")).isEqualTo(2);
      assertThat(number(second, "new-blocks")).isEqualTo(2);
      assertThat(number(second, "new-bytes")).isEqualTo(2 * BLOCK);
      assertThat(again)
          .contains("\"version\": 2, \"unchanged\": true")
          .contains("\"new-blocks\": 0");
      requireSound(2, content);
      assertThat(work.resolve("scratch/pack-debian")).doesNotExist();
      assertThat(files()).noneMatch(file -> file.startsWith(".staging"));
    }
  }

  @Test
  void aMachineGoesOnWithItsVersionWhileANewOneComesAndGcRuns() throws Exception {
    byte[] first = Files.readAllBytes(disk);
    Path mount = Files.createDirectory(work.resolve("mount"));
    try (ChildKobako box = box()) {
      pack(box).succeeded();
      try (ChildKobako machine =
          Children.attach(work, "debian", Children.urlOf(box), "--mount", mount.toString())) {
        assertThat(machine.readyLine()).contains("version 1");
        try (var in = Files.newInputStream(mount.resolve("debian"))) {
          assertThat(in.readNBytes(first.length / 4))
              .isEqualTo(Arrays.copyOf(first, first.length / 4));
        }
        for (int seed = 2; seed <= 3; seed++) {
          Files.write(disk, TestDisk.mixed(64 * BLOCK, BLOCK, seed));
          pack(box).succeeded();
        }
        Thread.sleep(Duration.ofSeconds(3)); // version 1 was current longer ago than the grace
        try (var in = Files.newInputStream(mount.resolve("debian"))) {
          assertThat(in.readNBytes(first.length / 2))
              .isEqualTo(Arrays.copyOf(first, first.length / 2));
        }
        KobakoRun gc =
            KobakoRun.of(
                "gc",
                Children.urlOf(box),
                "--keep",
                1,
                "--grace",
                "2s",
                "--secret-file",
                secretFile);

        assertThat(gc.succeeded())
            .startsWith("removed 1 versions and ")
            .contains("kept debian version 1: a machine asked for it ");
        assertThat(mount.resolve("debian")).hasBinaryContent(first);
      }
      requireSound(3, TestDisk.mixed(64 * BLOCK, BLOCK, 3));
    }
  }

  @Test
  void anUploaderThatIsKilledGoesOnWhereItWas() throws Exception {
    byte[] content = new byte[3000 * BLOCK];
    new Random(3).nextBytes(content);
    Files.write(disk, content);
    try (ChildKobako box = box()) {
      Process uploader = start(packWords(Children.urlOf(box)));
      Peer.await("some blocks are named", Duration.ofSeconds(120), this::hasNamedABatch);
      uploader.destroyForcibly().waitFor();
      assertThat(store.resolve("images/debian/current")).doesNotExist();

      String report = pack(box).succeeded();

      assertThat(number(report, "new-blocks")).isBetween(1L, 2200L);
      requireSound(1, content);
    }
  }

  @Test
  void aBoxThatIsKilledHasAWholeStoreAndTakesTheRest() throws Exception {
    byte[] content = new byte[3000 * BLOCK];
    new Random(3).nextBytes(content);
    Files.write(disk, content);
    ChildKobako box = box();
    Process uploader = start(packWords(Children.urlOf(box)));
    Peer.await("some blocks are named", Duration.ofSeconds(120), this::hasNamedABatch);
    box.kill();
    assertThat(uploader.waitFor()).isEqualTo(1);
    assertThat(Files.readString(work.resolve("uploader.log")))
        .startsWith("kobako pack: debian version 1 is not on http://127.0.0.1:")
        .endsWith("; pack it again, which sends what is missing\n");

    try (ChildKobako next = box()) {
      String report = pack(next).succeeded();

      assertThat(number(report, "new-blocks")).isBetween(1L, 2200L);
      requireSound(1, content);
      assertThat(files()).noneMatch(file -> file.startsWith(".staging"));
    }
  }

  private Process start(List<String> words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Kobako.class.getName()));
    command.addAll(words);
    return new ProcessBuilder(command)
        .redirectError(Redirect.to(work.resolve("uploader.log").toFile()))
        .redirectOutput(Redirect.DISCARD)
        .start();
  }

  /** Of 4 MB; answers where it is mounted, for the test to unmount it. */
  private Path putTheStoreOnASmallDisk() throws IOException {
    Path file = work.resolve("small.fs");
    Peer.run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", file.toString(), "4M").succeeded();
    Path mounted = Files.createDirectory(work.resolve("small"));
    Peer.run("mount", "-o", "loop", file.toString(), mounted.toString()).succeeded();
    store = mounted.resolve("store");
    StoreDirectory.openOrCreate(store);
    return mounted;
  }

  @Test
  void aDiskThatIsTooSmallIsToldBeforeAnythingIsSent() throws IOException {
    Path mounted = putTheStoreOnASmallDisk();
    try {
      byte[] content = new byte[100 * BLOCK];
      new Random(3).nextBytes(content);
      Files.write(disk, content);
      try (ChildKobako box = box()) {
        KobakoRun pack = pack(box);

        assertThat(pack.exitCode()).isEqualTo(1);
        assertThat(pack.err())
            .contains("image debian needs 6553600 bytes more, and the disk has room for ");
        assertThat(files()).isEmpty();

        Files.write(disk, Arrays.copyOf(content, 10 * BLOCK));
        pack(box).succeeded();
        requireSound(1, Arrays.copyOf(content, 10 * BLOCK));
      }
    } finally {
      Peer.run("umount", "--lazy", mounted.toString()).succeeded();
    }
  }

  @Test
  void aDiskThatFillsUpMeanwhileLeavesNothingThatIsNotWhole() throws IOException {
    Path mounted = putTheStoreOnASmallDisk();
    try {
      TestStore packed = packedElsewhere();
      try (ChildKobako box = box()) {
        String upload = begin(box, packed);
        Peer.run(
            "sh", "-c", "cat /dev/zero >" + mounted.resolve("ballast") + " 2>/dev/null || true");
        BlockIndex index = index(packed);
        String answer = "";
        for (int number = 0; number < index.blockCount() && !answer.contains("507"); number++) {
          if (!index.isZeros(number)) {
            answer = put(box, upload + "/blocks/" + number, packed.blockFile(index, number));
          }
        }

        assertThat(answer).contains("No space left on device").endsWith("507");
        Files.delete(mounted.resolve("ballast"));
        assertThat(files()).noneMatch(name -> name.contains("current"));
        assertThat(KobakoRun.of("verify", store).exitCode()).isZero();
      }
    } finally {
      Peer.run("umount", "--lazy", mounted.toString()).succeeded();
    }
  }

  @Test
  void aBoxThatMayNotWriteItsStoreSaysSoBeforeAnythingIsPacked() throws IOException {
    try (ChildKobako box = box("user = \"nobody\"")) {
      KobakoRun pack = pack(box);

      assertThat(pack.exitCode()).isEqualTo(1);
      assertThat(pack.err())
          .isEqualTo(
              "kobako pack: nothing was packed for %s: %s: the box may not write there; give the store a user of its own, whom the box becomes then\n"
                  .formatted(Children.urlOf(box).replaceAll("/$", ""), store));
    }
  }

  @Test
  void onlyWhatTheTrustedKeySignedIsTaken() throws IOException {
    KobakoRun.of("key", work.resolve("keys")).succeeded();
    Path key = work.resolve("keys/kobako.key");
    try (ChildKobako box = box("trust = \"" + work.resolve("keys/kobako.pub") + "\"")) {
      KobakoRun unsigned = pack(box);
      assertThat(unsigned.exitCode()).isEqualTo(1);
      assertThat(unsigned.err()).contains("the index is not signed, and key ");
      assertThat(files()).isEmpty();

      pack(box, "--sign-key", key.toString()).succeeded();
      requireSound(1, Files.readAllBytes(disk));
    }
  }

  @Test
  void withAWrongSecretNothingIsPacked() throws IOException {
    Files.writeString(secretFile, SECRET);
    try (ChildKobako box = box()) {
      Files.writeString(secretFile, "another-secret-altogether");
      KobakoRun pack = pack(box);

      assertThat(pack.exitCode()).isEqualTo(1);
      assertThat(pack.err()).contains("the admin secret is missing or wrong");
    }
  }

  @Test
  void aBoxWithoutASecretTakesNothing() throws IOException {
    TestStore served = new TestStore(work.resolve("other"));
    served.add("alpine", 1, TestDisk.mixed(2 * BLOCK, BLOCK, 1));
    try (ChildKobako box = Children.box(work.resolve("serve.log"), served.root())) {
      assertThat(curl(box, "upload/debian"))
          .startsWith("this box takes no uploads")
          .endsWith("403");
    }
  }

  // ---- curl
  // --------------------------------------------------------------------------------------

  private TestStore packedElsewhere() throws IOException {
    TestStore packed = new TestStore(work.resolve("packed"));
    packed.add("debian", 1, TestDisk.mixed(32 * BLOCK, BLOCK, 5));
    return packed;
  }

  private static BlockIndex index(TestStore packed) throws IOException {
    return StoreDirectory.open(packed.root()).readIndex(DEBIAN, 1, new IndexTrust.Anyone());
  }

  private static String curl(ChildKobako box, String path, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--header",
                "Authorization: Bearer " + SECRET,
                "--write-out",
                "%{http_code}"));
    command.addAll(List.of(more));
    command.add(Children.urlOf(box) + path);
    return Peer.run(command).output();
  }

  private static String put(ChildKobako box, String path, Path file) {
    return curl(box, path, "--upload-file", file.toString());
  }

  private static String begin(ChildKobako box, TestStore packed) {
    String begun =
        put(box, "upload/debian/1.index", packed.root().resolve("images/debian/1.index"));
    assertThat(begun).matches("upload [0-9]+\nwanted [0-9]+\n200");
    return "upload/debian/" + begun.split("[ \n]", -1)[1];
  }

  @Test
  void curlUploadsAnImageAsWell() throws IOException {
    TestStore packed = packedElsewhere();
    BlockIndex index = index(packed);
    try (ChildKobako box = box()) {
      String upload = begin(box, packed);
      String missing = curl(box, upload + "/missing/0");
      assertThat(missing).startsWith("next 32\n");
      for (String number : missing.lines().skip(1).filter(it -> !it.equals("200")).toList()) {
        Path block = packed.blockFile(index, Integer.parseInt(number));
        assertThat(put(box, upload + "/blocks/" + number, block)).isEqualTo("taken\n200");
      }

      assertThat(curl(box, upload + "/current", "--request", "POST"))
          .isEqualTo("debian version 1 is current\n200");

      requireSound(1, TestDisk.mixed(32 * BLOCK, BLOCK, 5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          blocks/1      | other    | block 1 has other bytes than the index says |400
          blocks/1      | short    | block 1 has .* bytes by the index, and .* are sent |400
          blocks/1      | chunked  | an upload says how long it is |411
          blocks/1000   | block    | image debian has no stored block 1000 |400
          blocks/999999999 | block | image debian has no stored block |400
          blocks/x      | block    | no uploader asks for this |404
          current       | post     | block .* of image debian is not here |409
          """)
  void whatIsNotTheImagesBlockIsRefused(String path, String what, String sentence, String status)
      throws IOException {
    TestStore packed = packedElsewhere();
    BlockIndex index = index(packed);
    Path block = packed.blockFile(index, 1);
    byte[] other = Files.readAllBytes(block);
    other[other.length / 2] ^= 1;
    try (ChildKobako box = box()) {
      String at = begin(box, packed) + "/" + path;

      String answer =
          switch (what) {
            case "other" -> put(box, at, Files.write(work.resolve("other.bin"), other));
            case "short" ->
                put(box, at, Files.write(work.resolve("short.bin"), Arrays.copyOf(other, 99)));
            case "chunked" ->
                curl(
                    box,
                    at,
                    "--header",
                    "Transfer-Encoding: chunked",
                    "--upload-file",
                    block.toString());
            case "block" -> put(box, at, block);
            default -> curl(box, at, "--request", "POST");
          };

      assertThat(answer).containsPattern(sentence.strip()).endsWith(status);
      assertThat(files()).containsExactly(".staging/debian/index");
    }
  }

  @Test
  void whatIsNoIndexBeginsNothing() throws IOException {
    TestStore packed = packedElsewhere();
    Path index = packed.root().resolve("images/debian/1.index");
    byte[] damaged = Files.readAllBytes(index);
    damaged[damaged.length / 2] ^= 1;
    try (ChildKobako box = box()) {
      assertThat(put(box, "upload/debian/1.index", Files.write(work.resolve("damaged"), damaged)))
          .startsWith("what was sent is no index: ")
          .endsWith("400");
      assertThat(put(box, "upload/debian/2.index", index))
          .startsWith("the index is of image debian version 1, and debian version 2 was announced")
          .endsWith("400");
      assertThat(put(box, "upload/alpine/1.index", index)).endsWith("400");
      assertThat(curl(box, "upload/debian/12345/missing/0"))
          .startsWith("this upload is over")
          .endsWith("409");
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void aVersionThatIsThereIsNotReplaced() throws IOException {
    TestStore packed = packedElsewhere();
    try (ChildKobako box = box()) {
      pack(box).succeeded();
      List<String> before = files();

      assertThat(put(box, "upload/debian/1.index", packed.root().resolve("images/debian/1.index")))
          .startsWith("image debian has version 1, and version 1 was sent: pack it again")
          .endsWith("409");
      assertThat(files()).isEqualTo(before);
    }
  }

  @Test
  void anUploadLocksItsImageUntilItEnds() throws IOException {
    TestStore packed = packedElsewhere();
    try (ChildKobako box = box()) {
      String upload = begin(box, packed);
      KobakoRun gc =
          KobakoRun.of("gc", Children.urlOf(box), "--grace", "0s", "--secret-file", secretFile);
      assertThat(gc.err()).contains("is being packed into or collected: try again after that");

      assertThat(curl(box, upload, "--request", "DELETE")).endsWith("200");

      assertThat(files()).isEmpty();
      KobakoRun.of("gc", Children.urlOf(box), "--grace", "0s", "--secret-file", secretFile)
          .succeeded();
    }
  }

  @Test
  void aConnectionThatIsCutLeavesNothingOfItsBlock() throws Exception {
    TestStore packed = packedElsewhere();
    byte[] block = Files.readAllBytes(packed.blockFile(index(packed), 1));
    try (ChildKobako box = box()) {
      String upload = begin(box, packed);
      int port = Integer.parseInt(Children.urlOf(box).replaceAll(".*:([0-9]+)/", "$1"));
      try (Socket socket = new Socket("127.0.0.1", port)) {
        String head =
            "PUT /%s/blocks/1 HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(upload, SECRET, block.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(block, 0, block.length / 2);
        Peer.await(
            "the box receives it",
            Duration.ofSeconds(10),
            () -> files().stream().anyMatch(file -> file.contains("part-")));
      }
      Peer.await(
          "the box gives it up",
          Duration.ofSeconds(10),
          () -> files().equals(List.of(".staging/debian/index")));
      assertThat(put(box, upload + "/blocks/1", packed.blockFile(index(packed), 1)))
          .isEqualTo("taken\n200");
    }
  }
}
