package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.child.Tool;
import org.kobako.appliance.command.CrossScript;
import org.kobako.appliance.firmware.SignedUpdate;
import org.kobako.block.format.TrustKey;

/** With a script of its own in place of the one that fetches packages. */
class FirmwareCommandTest {
  private static final String COMMIT_TIME = "1732190000";

  @TempDir Path directory;
  private Path checkout;
  private Path out;
  private Path key;

  @BeforeEach
  void makeCheckout() throws IOException, InterruptedException {
    checkout = Files.createDirectories(directory.resolve("checkout"));
    Files.createDirectories(checkout.resolve("cross"));
    Files.createDirectories(checkout.resolve("appliance/target/lib"));
    Files.createFile(checkout.resolve("appliance/target/box.jar"));
    Files.createFile(checkout.resolve("appliance/target/lib/library.jar"));
    Files.createDirectories(checkout.resolve("rootfs-overlay/card"));
    Files.writeString(checkout.resolve("rootfs-overlay/card/kobako.toml"), "store = \"/data\"\n");
    commit();
    out = Files.createDirectories(directory.resolve("out")).resolve("kobako.img");
    KobakoRun.of("key", directory.resolve("keys")).succeeded();
    key = directory.resolve("keys/kobako.key");
    System.setProperty(CrossScript.HOME_PROPERTY, checkout.toString());
  }

  private void commit() throws IOException, InterruptedException {
    Tool.run("git", "init", "-q", checkout.toString());
    Tool.run(
        "env",
        "GIT_COMMITTER_DATE=" + COMMIT_TIME + " +0000",
        "git",
        "-C",
        checkout.toString(),
        "-c",
        "user.name=nobody",
        "-c",
        "user.email=nobody@example.org",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "one");
  }

  @AfterEach
  void forgetCheckout() {
    System.clearProperty(CrossScript.HOME_PROPERTY);
  }

  private void script(String lines) throws IOException {
    Path script = checkout.resolve("cross/firmware");
    Files.writeString(script, "#!/bin/sh\n" + lines);
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  private void scriptThatMakesEverything() throws IOException {
    scriptThatMakesEverythingAnd("");
  }

  private void scriptThatMakesEverythingAnd(String moreFiles) throws IOException {
    script(
        """
        cd "$2" && for file in kobako.img boot root sbom.json licences.txt MORE; do
          echo "$file of $1" >$file
        done
        printf 'kernel 6046208\\ninitramfs 2073296\\n' >sizes
        """
            .replace("MORE", moreFiles));
  }

  private KobakoRun firmware() {
    return KobakoRun.of("firmware", "armhf", "--out", out, "--sign-key", key);
  }

  @Test
  void theFileItsUpdateAndItsPapersLieSideBySide() throws IOException {
    scriptThatMakesEverything();

    firmware().succeeded();

    assertThat(out).hasContent("kobako.img of armhf");
    assertThat(out.resolveSibling("kobako.img.sbom.json")).hasContent("sbom.json of armhf");
    assertThat(out.resolveSibling("kobako.img.licences.txt")).hasContent("licences.txt of armhf");
    assertThat(out.getParent()).isDirectoryNotContaining("glob:**.kobako-firmware-*");
  }

  @Test
  void theUpdateIsSignedAndSaysTheTimeOfTheCommit() throws Exception {
    scriptThatMakesEverything();

    firmware().succeeded();

    byte[] file = Files.readAllBytes(out.resolveSibling("kobako.img.update"));
    ByteArrayInputStream update = new ByteArrayInputStream(file);
    SignedUpdate signed =
        SignedUpdate.read(update, TrustKey.read(key.resolveSibling("kobako.pub")));
    assertThat(signed.header().version()).hasToString(COMMIT_TIME);
    assertThat(signed.header().target()).isEqualTo("armhf");
    assertThat(new String(update.readAllBytes(), StandardCharsets.US_ASCII))
        .isEqualTo("boot of armhf\nroot of armhf\n");
  }

  @Test
  void aTableOfSizesIsTheLastThatItSays() throws IOException {
    scriptThatMakesEverything();

    String printed = firmware().succeeded();

    assertThat(printed.lines())
        .contains(
            "kernel                               5.8M",
            "initramfs                            2.0M",
            "kobako.img                             20");
  }

  @Test
  void theKernelOfABoardWithoutABootLoaderLiesBesideTheFile() throws IOException {
    scriptThatMakesEverythingAnd("vmlinuz initrd");

    String printed = KobakoRun.of("firmware", "sh4", "--out", out, "--sign-key", key).succeeded();

    assertThat(out.resolveSibling("kobako.img.vmlinuz")).hasContent("vmlinuz of sh4");
    assertThat(out.resolveSibling("kobako.img.initrd")).hasContent("initrd of sh4");
    assertThat(printed).contains("kobako.img.vmlinuz", "kobako.img.initrd");
  }

  @Test
  void theScriptIsGivenVersionKeyConfigAndAllJars() throws IOException {
    script("shift 2; echo \"$@\" >&2; exit 1\n");

    KobakoRun run = firmware();

    assertThat(run.err())
        .isEqualTo(
            "kobako firmware: cannot make the firmware: "
                + String.join(
                    " ",
                    COMMIT_TIME,
                    key.resolveSibling("kobako.pub").toString(),
                    checkout + "/rootfs-overlay/card/kobako.toml",
                    checkout + "/appliance/target/box.jar",
                    checkout + "/appliance/target/lib/library.jar\n"));
  }

  @Test
  void aScriptThatFailsLeavesTheFileThatWasThere() throws IOException {
    script("echo half >\"$2/kobako.img\"; echo 'the mirror is gone: try again' >&2; exit 1\n");
    Files.writeString(out, "yesterday's");

    KobakoRun run = firmware();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("kobako firmware: cannot make the firmware: the mirror is gone: try again\n");
    assertThat(out).hasContent("yesterday's");
    assertThat(out.getParent()).isDirectoryNotContaining("glob:**.kobako-firmware-*");
  }

  @Test
  void aConfigThatTheBoxWouldRefuseIsRefusedHere() throws IOException {
    scriptThatMakesEverything();
    Path config = Files.writeString(directory.resolve("kobako.toml"), "stoer = \"/data\"\n");

    KobakoRun run =
        KobakoRun.of("firmware", "armhf", "--out", out, "--sign-key", key, "--config", config);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("kobako.toml").hasLineCount(1);
    assertThat(out).doesNotExist();
  }

  @Test
  void aTargetThatThereIsNotIsAUsageError() {
    KobakoRun run = KobakoRun.of("firmware", "vax", "--out", out);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is none of: amd64, arm64, armhf, sh4").hasLineCount(1);
  }
}
