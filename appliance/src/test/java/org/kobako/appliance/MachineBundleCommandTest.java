package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.command.CrossScript;

/** With a script of its own in place of the one that fetches packages. */
class MachineBundleCommandTest {
  @TempDir Path checkout;
  private Path out;

  @BeforeEach
  void makeCheckout() throws IOException {
    Files.createDirectory(checkout.resolve("cross"));
    out = checkout.resolve("out");
    System.setProperty(CrossScript.HOME_PROPERTY, checkout.toString());
  }

  @AfterEach
  void forgetCheckout() {
    System.clearProperty(CrossScript.HOME_PROPERTY);
  }

  private void script(String lines) throws IOException {
    Path script = checkout.resolve("cross/machine-bundle");
    Files.writeString(script, "#!/bin/sh\n" + lines);
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void theFilesThatWereMadeArePrinted() throws IOException {
    script(
        "mkdir -p \"$2/$1\"; echo kernel >\"$2/$1/vmlinuz\"; echo initramfs >\"$2/$1/initrd\"\n");

    String printed = KobakoRun.of("machine-bundle", "--arch", "arm64", "--out", out).succeeded();

    assertThat(printed.lines())
        .containsExactly(out + "/arm64/vmlinuz  7", out + "/arm64/initrd  10");
  }

  @Test
  void theScriptIsGivenTheKeyTheClassesOfTheClientAndThisJava() throws IOException {
    script("echo \"$@\" >\"$2.said\"; echo \"$JAVA_HOME\" >>\"$2.said\"; exit 1\n");
    String keys = checkout.resolve("keys").toString();
    KobakoRun.of("key", keys).succeeded();
    String trust = keys + "/kobako.pub";

    KobakoRun.of("machine-bundle", "--arch", "amd64", "--out", out, "--trust", trust);

    assertThat(checkout.resolve("out.said"))
        .content()
        .matches(
            "amd64 \\Q%s\\E --trust \\Q%s\\E \\S*block-client\\S* \\S*block-format\\S*\n\\Q%s\\E\n"
                .formatted(out, trust, System.getProperty("java.home")));
  }

  @Test
  void whatTheScriptSaidLastIsTheReason() throws IOException {
    script("echo fetching >&2; echo 'the mirror is gone: try again' >&2; exit 1\n");

    KobakoRun run = KobakoRun.of("machine-bundle", "--arch", "amd64", "--out", out);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "kobako machine-bundle: cannot make the bundle: the mirror is gone: try again\n");
  }

  @Test
  void withoutACheckoutItSaysWhereOneIsNeeded() {
    forgetCheckout();

    KobakoRun run = KobakoRun.of("machine-bundle", "--arch", "amd64", "--out", out);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("run ./kobako machine-bundle there").hasLineCount(1);
  }

  @Test
  void anArchitectureThatThereIsNotIsAUsageError() {
    KobakoRun run = KobakoRun.of("machine-bundle", "--arch", "vax", "--out", out);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is none of: amd64, arm64, armhf").hasLineCount(1);
  }

  @Test
  void aFileThatIsNoKeyIsRefusedBeforeAnythingIsFetched() throws IOException {
    script("touch \"$2.began\"\n");
    Path noKey = Files.writeString(checkout.resolve("no.pub"), "hello");

    KobakoRun run =
        KobakoRun.of("machine-bundle", "--arch", "amd64", "--out", out, "--trust", noKey);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no.pub").hasLineCount(1);
    assertThat(checkout.resolve("out.began")).doesNotExist();
  }
}
