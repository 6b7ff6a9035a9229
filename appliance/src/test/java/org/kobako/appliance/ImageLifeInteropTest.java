package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.format.BlockSize;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** Images that change under machines that read them, on boxes in processes of their own. */
@Tag("interop")
@Timeout(180)
class ImageLifeInteropTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;
  private static final String SECRET = "pgcdy-78vjz-49m2s-yugvw";

  @TempDir Path work;
  private Path store;
  private Path disk;
  private Path secretFile;
  private byte[] first;

  @BeforeEach
  void packVersionOne() throws IOException {
    store = work.resolve("store");
    disk = work.resolve("disk.img");
    secretFile = Files.writeString(work.resolve("secret"), SECRET + "\n");
    first = TestDisk.mixed(64 * BLOCK, BLOCK, 1);
    Files.write(disk, first);
    pack(1);
  }

  private void pack(int seed) throws IOException {
    Files.write(disk, TestDisk.mixed(64 * BLOCK, BLOCK, seed));
    KobakoRun.of("pack", disk, store, "--name", "debian", "--block-size", "64K", "--codec", "lz4")
        .succeeded();
  }

  private ChildKobako box(String... options) throws IOException {
    Path config = work.resolve("kobako.toml");
    Files.writeString(
        config,
        "store = \"%s\"\n[http]\nlisten = \"127.0.0.1\"\nport = 0\n[admin]\nsecret-file = \"%s\"\n%s"
            .formatted(store, secretFile, String.join("\n", options)));
    return ChildKobako.start(work.resolve("serve.log"), "serve", "--config", config.toString());
  }

  private KobakoRun gc(ChildKobako box) {
    return KobakoRun.of(
        "gc", Children.urlOf(box), "--keep", 1, "--grace", "1s", "--secret-file", secretFile);
  }

  @Test
  void aVersionThatAMachineReadsOutlivesGcAndEveryByteOfItIsRight() throws Exception {
    Path mount = Files.createDirectory(work.resolve("mount"));
    try (ChildKobako box = box();
        ChildKobako machine =
            Children.attach(work, "debian", Children.urlOf(box), "--mount", mount.toString())) {
      assertThat(machine.readyLine()).contains("version 1");
      pack(2);
      pack(3);
      Thread.sleep(Duration.ofSeconds(2));
      byte[] half = new byte[first.length / 2];
      try (var in = Files.newInputStream(mount.resolve("debian"))) {
        in.readNBytes(half, 0, half.length);
      }

      KobakoRun gc = gc(box);

      assertThat(gc.succeeded().lines())
          .satisfiesExactly(
              done -> assertThat(done).startsWith("removed 1 versions and "),
              kept ->
                  assertThat(kept)
                      .matches("kept debian version 1: a machine asked for it [0-9]s ago"));
      assertThat(mount.resolve("debian")).hasBinaryContent(first);
      assertThat(KobakoRun.of("list", Children.urlOf(box)).succeeded().lines())
          .satisfiesExactly(
              heading -> assertThat(heading).contains("SHARED  MACHINES  SIGNED BY"),
              one -> assertThat(one).matches("debian +1 +4.0M .* 1  nobody"),
              three -> assertThat(three).matches("debian +\\* 3 +4.0M .* 0  nobody"),
              sum -> assertThat(sum).endsWith("of blocks"));
    }
    assertThat(KobakoRun.of("verify", store).exitCode()).isZero();
  }

  @Test
  void aDirectoryIsCollectedByWhatItsBoxKnows() throws Exception {
    try (ChildKobako box = box()) {
      Peer.run(
              "curl",
              "--silent",
              "--fail",
              "--user-agent",
              "kobako debian/1",
              Children.urlOf(box) + "images/debian/current")
          .succeeded();
      pack(2);
      pack(3);
      Thread.sleep(Duration.ofSeconds(3));

      String gc =
          KobakoRun.of(
                  "gc",
                  store,
                  "--keep",
                  1,
                  "--grace",
                  "2s",
                  "--dry-run",
                  "--box",
                  Children.urlOf(box))
              .succeeded();
      assertThat(gc).startsWith("would remove 2 versions and ");

      String longer =
          KobakoRun.of(
                  "gc",
                  store,
                  "--keep",
                  1,
                  "--grace",
                  "1h",
                  "--dry-run",
                  "--box",
                  "http://127.0.0.1:1")
              .err();
      assertThat(longer)
          .isEqualTo(
              "kobako gc: http://127.0.0.1:1 does not answer: Connection refused; see whether it"
                  + " runs\n");
    }
  }

  @Test
  void aBoxThatHasJustStartedKnowsNotEnough() throws Exception {
    try (ChildKobako box = box()) {
      KobakoRun local = KobakoRun.of("gc", store, "--box", Children.urlOf(box));
      KobakoRun remote = KobakoRun.of("gc", Children.urlOf(box), "--secret-file", secretFile);

      for (KobakoRun run : List.of(local, remote)) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("knows after 900 s which versions machines read");
      }
    }
  }

  @Test
  void onlyWhoHasTheSecretCollects() throws Exception {
    try (ChildKobako box = box()) {
      KobakoRun gc =
          KobakoRun.of("gc", Children.urlOf(box), "--secret", "not-the-one", "--grace", "0s");

      assertThat(gc.exitCode()).isEqualTo(1);
      assertThat(gc.err())
          .endsWith(
              "refuses it: the admin secret is missing or wrong: it stands in the file that"
                  + " admin.secret-file in kobako.toml names\n");
    }
  }
}
