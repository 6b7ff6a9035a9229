package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreCommandsTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private Path disk;
  private Path store;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = directory.resolve("disk.img");
    store = directory.resolve("store");
    Files.write(disk, TestDisk.mixed(10 * BLOCK + 512, BLOCK, 1));
  }

  private KobakoRun pack(Object... more) {
    Object[] words = {"pack", disk, store, "--name", "debian", "--block-size", "64K"};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return KobakoRun.of(all);
  }

  @ParameterizedTest
  @CsvSource({"none", "zlib", "lzo", "lz4", "zstd"})
  void whatWasPackedIsUnpackedAgain(String codec) throws IOException {
    Path out = directory.resolve("out.img");

    assertThat(pack("--codec", codec).exitCode()).isZero();
    KobakoRun unpack = KobakoRun.of("unpack", store, "debian", out);

    assertThat(unpack.exitCode()).isZero();
    assertThat(out).hasSameBinaryContentAs(disk);
  }

  @Test
  void packSaysWhatItDid() {
    KobakoRun pack = pack();

    assertThat(pack.err()).isEmpty();
    assertThat(pack.out())
        .startsWith("debian version 1: 641K in 11 blocks, 2 of zeros, 1 shared, 8 new (")
        .hasLineCount(1);
  }

  @Test
  void packAgainMakesNoNewVersionOfTheSameDisk() {
    pack();

    assertThat(pack().out()).startsWith("debian version 1 is unchanged: ");
  }

  @Test
  void packSpeaksJson() {
    assertThat(pack("--json").out())
        .startsWith(
            "{\"image\": \"debian\", \"version\": 1, \"unchanged\": false, \"plain-bytes\": 655872,"
                + " \"blocks\": 11, \"zero-blocks\": 2,");
  }

  @Test
  void listShowsEachVersionAndWhoSignedIt() throws IOException {
    Path keys = directory.resolve("keys");
    KobakoRun key = KobakoRun.of("key", keys);
    pack("--codec", "zlib", "--sign-key", keys.resolve("kobako.key"));
    Files.write(disk, TestDisk.mixed(12 * BLOCK, BLOCK, 1));
    pack();

    KobakoRun list = KobakoRun.of("list", store);

    assertThat(list.exitCode()).isZero();
    String id = key.out().lines().findFirst().orElseThrow().replace("key ", "");
    assertThat(list.out().lines())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("IMAGE"),
            first -> assertThat(first).matches("debian +1 +641K +[0-9]+K +[0-9.]+K  " + id),
            second -> assertThat(second).matches("debian +\\* 2 +768K +[0-9]+K +[0-9]+K  nobody"),
            sum -> assertThat(sum).endsWith("of blocks"));
  }

  @Test
  void listSpeaksJson() {
    pack();

    assertThat(KobakoRun.of("list", store, "--json").out())
        .startsWith("{\"versions\": [{\"image\": \"debian\", \"version\": 1, \"current\": true,")
        .endsWith("\"problems\": []}\n");
  }

  @Test
  void listShowsTheOthersWhenOneIndexIsDamaged() throws IOException {
    TestStore handmade = new TestStore(store);
    handmade.add("alpine", 1, TestDisk.mixed(2 * BLOCK, BLOCK, 1));
    handmade.add("debian", 1, TestDisk.mixed(2 * BLOCK, BLOCK, 1));
    TestStore.flipBit(store.resolve("images/alpine/1.index"));

    KobakoRun list = KobakoRun.of("list", store);

    assertThat(list.exitCode()).isEqualTo(1);
    assertThat(list.out()).contains("debian").doesNotContain("alpine");
    assertThat(list.err()).startsWith("kobako list: image alpine version 1: the index is damaged");
  }

  @Test
  void verifyPassesASoundStoreAndNamesADamagedBlock() throws IOException {
    TestStore handmade = new TestStore(store);
    BlockIndex index = handmade.add("debian", 1, TestDisk.mixed(10 * BLOCK, BLOCK, 1));
    assertThat(KobakoRun.of("verify", store).exitCode()).isZero();

    TestStore.flipBit(handmade.blockFile(index, 1));
    KobakoRun verify = KobakoRun.of("verify", store);

    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out()).startsWith("image debian version 1: block 1: ");
    assertThat(verify.err())
        .isEqualTo(
            "kobako verify: store "
                + store
                + " has 1 problems: pack the images again, or copy the blocks from another store\n");
  }

  @Test
  void verifyWithAKeyRefusesWhatItDidNotSign() {
    Path keys = directory.resolve("keys");
    KobakoRun.of("key", keys);
    pack();

    KobakoRun verify = KobakoRun.of("verify", store, "--trust", keys.resolve("kobako.pub"));

    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out()).contains("the index is not signed");
  }

  @Test
  void gcKeepsTheNewestVersions() throws IOException {
    pack();
    Files.write(disk, TestDisk.mixed(11 * BLOCK, BLOCK, 2));
    pack();

    KobakoRun dry = KobakoRun.of("gc", store, "--keep", 1, "--grace", "0s", "--dry-run");
    assertThat(dry.out()).startsWith("would remove 1 versions and ");
    assertThat(store.resolve("images/debian/1.index")).exists();

    KobakoRun gc = KobakoRun.of("gc", store, "--keep", 1, "--grace", "0s");
    assertThat(gc.out()).startsWith("removed 1 versions and ");
    assertThat(store.resolve("images/debian/1.index")).doesNotExist();
    assertThat(KobakoRun.of("verify", store).exitCode()).isZero();
  }

  @Test
  void gcLeavesWhatWasCurrentAMomentAgo() throws IOException {
    pack();
    Files.write(disk, TestDisk.mixed(11 * BLOCK, BLOCK, 2));
    pack();

    KobakoRun gc = KobakoRun.of("gc", store, "--keep", 1);

    assertThat(gc.out().lines())
        .satisfiesExactly(
            done -> assertThat(done).startsWith("removed 0 versions and 0 blocks (0); kept 2 "),
            kept ->
                assertThat(kept).matches("kept debian version 1: it was current until \\d+s ago"));
    assertThat(store.resolve("images/debian/1.index")).exists();
  }

  @Test
  void keyIsNeverOverwritten() throws IOException {
    Path keys = directory.resolve("keys");
    assertThat(KobakoRun.of("key", keys).exitCode()).isZero();
    byte[] before = Files.readAllBytes(keys.resolve("kobako.key"));

    KobakoRun again = KobakoRun.of("key", keys);

    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("is there, and a key is never overwritten");
    assertThat(keys.resolve("kobako.key")).hasBinaryContent(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          pack DIR/none DIR/store --name a      | 1 | kobako pack: DIR/none cannot be packed: it does not exist
          pack DIR/disk.img DIR/store           | 2 | kobako pack: --name NAME is missing; kobako pack --help tells more
          pack DIR/disk.img DIR/store --name ../a | 2 | kobako pack: --name ../a is no image name: use 1-64 of a-z A-Z 0-9 . _ - and begin with a letter or digit; kobako pack --help tells more
          pack DIR/disk.img DIR/store --name a --block-size 96K | 2 | kobako pack: --block-size 96K is no power of two (64K..1M); kobako pack --help tells more
          pack DIR/disk.img DIR/store --name a --codec gzip | 2 | kobako pack: --codec gzip is none of: none, zlib, lzo, lz4, zstd; kobako pack --help tells more
          pack DIR/disk.img DIR/store --name a --codec lzo --level 10 | 2 | kobako pack: --level: codec lzo has levels 1..9 (default 8), not 10; kobako pack --help tells more
          pack DIR/disk.img DIR/store --name a --sign-key DIR/none | 1 | kobako pack: DIR/none: no such file or directory
          list DIR/none                         | 1 | kobako list: DIR/none is not a store: it does not exist; name a directory that kobako pack made
          unpack DIR DIR/disk.img               | 2 | kobako unpack: NAME 'DIR/disk.img' is no image name: use 1-64 of a-z A-Z 0-9 . _ - and begin with a letter or digit; kobako unpack --help tells more
          gc DIR --keep 0                       | 2 | kobako gc: --keep 0 is out of range (1..2147483647); kobako gc --help tells more
          serve --store DIR/none                | 1 | kobako serve: DIR/none is not a store: it does not exist; name a directory that kobako pack made
          pakc                                  | 2 | kobako: there is no command pakc; did you mean pack?; kobako --help lists them
          """)
  void errorIsOneSentence(String words, int exitCode, String sentence) {
    String[] line = words.replace("DIR", directory.toString()).split(" ");

    KobakoRun run = KobakoRun.of((Object[]) line);

    assertThat(run.err()).isEqualTo(sentence.replace("DIR", directory.toString()) + "\n");
    assertThat(run.exitCode()).isEqualTo(exitCode);
  }

  @Test
  void unknownImageIsNamed() {
    pack();

    KobakoRun run = KobakoRun.of("unpack", store, "fedora", directory.resolve("out"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("has no image fedora: kobako list ");
  }
}
