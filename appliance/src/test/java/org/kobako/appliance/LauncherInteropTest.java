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

  @Test
  void unknownCommandIsAUsageError() {
    Peer.Outcome outcome = Peer.run(launcher("srve"));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output())
        .isEqualTo(
            "kobako: there is no command srve; did you mean serve?; kobako --help lists them\n");
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
