package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.appliance.demo.DemoCommand;
import org.kobako.block.client.cli.Command;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** The script at the root of the checkout, as a user runs it. */
@Tag("interop")
class LauncherInteropTest {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final String LAUNCHER = CHECKOUT.resolve("kobako").toString();

  @TempDir Path directory;

  /** With the jars that this build has just made. */
  private static List<String> launcher(String... words) {
    List<String> command = new ArrayList<>(List.of("env", "KOBAKO_NO_BUILD=1", LAUNCHER));
    command.addAll(List.of(words));
    return command;
  }

  @Test
  void helpNamesEveryCommandInTheSameWordsAsTheCommand() {
    String help = Peer.run(launcher("--help")).succeeded();

    assertThat(help).contains("./kobako demo ", "./kobako test ");
    for (Command command : Kobako.commands()) {
      if (command.syntax().command().equals("demo")) {
        continue; // it stands on top, because it needs nothing but the checkout
      }
      assertThat(help)
          .contains(
              "  %-16s%s\n".formatted(command.syntax().command(), command.syntax().summary()));
    }
  }

  /** With nothing installed beside it but a shell's usual programs, and none that could install. */
  private Peer.Outcome bareLauncher(String... words) throws IOException {
    Path bare = directory.resolve("bare/bin");
    Files.createDirectories(bare);
    for (String program :
        List.of("awk", "bash", "cat", "dirname", "env", "git", "grep", "readlink", "sed")) {
      Path file =
          Files.writeString(
              bare.resolve(program), "#!/bin/sh\nexec /usr/bin/" + program + " \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    List<String> command =
        new ArrayList<>(List.of("env", "-i", "PATH=" + bare, "HOME=" + directory, LAUNCHER));
    command.addAll(List.of(words));
    return Peer.run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void usageNeedsNothingInstalled(String word) throws IOException {
    Peer.Outcome outcome = bareLauncher(word);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output()).contains("  ./kobako set-up ", "  serve  ");
  }

  @Test
  void noWordsAreAUsageError() {
    Peer.Outcome outcome = Peer.run("bash", "-c", LAUNCHER + " 2>&1 >/dev/null");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("  ./kobako set-up ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set-up", "test", "demo"})
  void whatSetsUpTellsWhatItDoesBeforeItDoesIt(String command) throws IOException {
    Peer.Outcome help = bareLauncher(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.output()).startsWith("usage: kobako " + command);
    assertThat(bareLauncher("help", command)).isEqualTo(help);
  }

  @Test
  void demoHasTheSameHelpBeforeItIsBuilt() throws IOException {
    assertThat(bareLauncher("demo", "--help").output())
        .isEqualTo(new DemoCommand().syntax().help("kobako"));
  }

  @Test
  void helpAndACommandIsThatCommandsHelp() {
    assertThat(Peer.run(launcher("help", "pack")).succeeded())
        .startsWith("usage: kobako pack")
        .isEqualTo(Peer.run(launcher("pack", "--help")).succeeded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "attach"})
  void whatStaysInTheForegroundSaysHowItEnds(String command) {
    assertThat(Peer.run(launcher(command, "--help")).succeeded())
        .contains("stays in the foreground", "Ctrl-C");
  }

  @Test
  void versionIsThatOfTheProjectAndItsCommit() throws IOException {
    Peer.Outcome outcome = bareLauncher("--version");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output()).matches("kobako [0-9.]+(-SNAPSHOT)?(, commit .*)?, for JDK 25\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set-up", "test"})
  void whatSetsUpTakesNoArguments(String command) throws IOException {
    Peer.Outcome outcome = bareLauncher(command, "--fast");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).startsWith("kobako: " + command + " takes no arguments; ");
  }

  @ParameterizedTest
  @CsvSource({
    "srve,; did you mean serve?",
    "setup,; did you mean set-up?",
    "firm,; did you mean firmware?",
    "x,''"
  })
  void unknownCommandIsAUsageErrorBeforeAnythingIsBuilt(String typed, String hint)
      throws IOException {
    Peer.Outcome outcome = bareLauncher(typed);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output())
        .isEqualTo("kobako: there is no command " + typed + hint + "; kobako --help lists them\n");
  }

  /** The launcher's own functions, without what it does with its words. */
  private Peer.Outcome inLauncher(String script) throws IOException {
    Path functions = directory.resolve("functions");
    String launcher = Files.readString(Path.of(LAUNCHER));
    Files.writeString(functions, launcher.substring(0, launcher.indexOf("\ncase ${1:-} in\n") + 1));
    return Peer.run("env", "KOBAKO_TICK_SECONDS=1", "bash", "-c", ". " + functions + "\n" + script);
  }

  @Test
  void aLongStepSaysWhatItDoesMeanwhile() throws IOException {
    Path said = directory.resolve("said");
    Peer.Outcome outcome =
        inLauncher(
            """
            step() {
              echo '[INFO] Downloading from central: https://a/b/foo.jar'
              until grep -q still '%1$s'; do sleep 0.1; done
            }
            with_progress 'building; the first time takes longer' step 2>'%1$s'
            cat '%1$s'
            """
                .formatted(said));

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output())
        .startsWith("kobako: building; the first time takes longer\n")
        .containsPattern("\nkobako: still building, \\d+ s: Downloading from central: foo\\.jar\n");
  }

  @Test
  void whatAptFetchesIsToldWithoutWhereFrom() throws IOException {
    Peer.Outcome outcome =
        inLauncher("last_words <(echo 'Get:5 http://a/b sid/main amd64 gcc amd64 12 [9 kB]')");

    assertThat(outcome.output()).isEqualTo("fetching package 5, gcc amd64 12 [9 kB]\n");
  }

  @Test
  void aLongStepThatFailsSaysWhyAndHasItsOwnExitCode() throws IOException {
    Peer.Outcome outcome =
        inLauncher("with_progress installing bash -c 'echo one; echo bad >&2; exit 7'");

    assertThat(outcome.exitCode()).isEqualTo(7);
    assertThat(outcome.output()).startsWith("kobako: installing\n").endsWith("one\nbad\n");
  }

  /** The step itself goes on for a little, and must not keep what tells of it alive. */
  @Test
  void aLongStepThatIsKilledSaysNothingLater() throws IOException {
    Path started = directory.resolve("started");
    Peer.Outcome outcome =
        inLauncher(
            """
            step() { : >'%1$s'; exec sleep 4; }
            with_progress waiting step & disown
            until [[ -e '%1$s' ]]; do sleep 0.1; done
            pkill -KILL -P $! # the shell that waits for the step
            echo killed
            sleep 2.5
            echo later
            """
                .formatted(started));

    assertThat(outcome.output()).startsWith("kobako: waiting\n").endsWith("later\n");
    assertThat(outcome.output().replaceFirst("(?s).*\nkilled\n", "")).doesNotContain("still");
  }

  @Test
  void debugShowsTheStackTrace() {
    Peer.Outcome outcome =
        Peer.run("env", "KOBAKO_NO_BUILD=1", "KOBAKO_DEBUG=1", LAUNCHER, "list", "/nowhere");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .startsWith("kobako list: /nowhere is not a store")
        .contains("\tat ");
  }

  @Test
  void sigtermEndsABoxInOrder() throws IOException, InterruptedException {
    TestStore store = new TestStore(directory.resolve("store"));
    store.add("debian", 1, TestDisk.mixed(1 << 20, 64 << 10, 1));
    Path output = directory.resolve("serve.out");
    Process serve =
        Peer.start(
            output,
            launcher(
                "serve",
                "--store",
                store.root().toString(),
                "--listen",
                "127.0.0.1",
                "--http-port",
                "0"));
    try {
      Peer.await(
          "the box is ready",
          Duration.ofSeconds(30),
          () -> Files.readString(output).startsWith("ready: http://127.0.0.1:"));
      serve.destroy();

      assertThat(serve.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(serve.exitValue()).isZero();
      assertThat(output).content().hasLineCount(1);
    } finally {
      Peer.stop(serve);
    }
  }

  @Test
  void scriptsAreSoundToShellcheck() {
    List<String> command = new ArrayList<>(List.of("shellcheck", "--external-sources", LAUNCHER));
    for (String script :
        List.of(
            ".ci/run",
            "appliance/box-jvm-options.sh",
            "cross/box-runtime",
            "cross/box-training",
            "cross/client-runtime",
            "cross/debian-packages",
            "cross/java-runtime",
            "cross/kernel-of",
            "cross/lock",
            "cross/machine-bundle",
            "cross/run-in",
            "cross/virtual-machine",
            "qemu-tests/emulators",
            "qemu-tests/root-disk",
            "qemu-tests/run",
            "rootfs-overlay/box/init",
            "rootfs-overlay/box/usr/lib/kobako/box",
            "rootfs-overlay/box/usr/lib/kobako/dhcp-lease",
            "rootfs-overlay/box/usr/lib/kobako/network",
            "rootfs-overlay/box/usr/lib/kobako/slot",
            "rootfs-overlay/box/usr/lib/kobako/start",
            "rootfs-overlay/box/usr/lib/kobako/stop",
            "rootfs-overlay/machine/init",
            "rootfs-overlay/machine/usr/lib/kobako/dhcp-lease",
            "rootfs-overlay/machine/usr/share/initramfs-tools/hooks/kobako")) {
      command.add(CHECKOUT.resolve(script).toString());
    }

    assertThat(Peer.run(command.toArray(String[]::new)).succeeded()).isEmpty();
  }
}
