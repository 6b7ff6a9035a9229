package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.testing.Peer;

/**
 * The README's "Flash a box", word for word, but for the card's device and a port that is free. The
 * box is on QEMU's own network, where a DHCP server answers.
 */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class ReadmeBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String MAKE = "./kobako firmware armhf --out kobako.img";
  private static final String WRITE = "dd if=kobako.img of=/dev/CARD bs=4M conv=fsync";
  private static final String UPDATE = "./kobako update kobako.img.update --box http://BOX/";

  private @TempDir Path work;

  @Test
  void flashABox() throws Exception {
    Path logs = Logs.of("readme");
    String section = section("## Flash a box");
    assertThat(section).contains(MAKE + "\n", WRITE + "\n", UPDATE);
    // What the first command makes, kept from the tests that run it, too.
    Firmware firmware = Firmware.of("armhf", logs.resolve("make.log"));
    for (String name : List.of("kobako.img", "kobako.img.update")) {
      Files.copy(firmware.image().resolveSibling(name), work.resolve(name));
    }
    for (String name : List.of("kobako", "qemu-tests")) {
      Files.createSymbolicLink(work.resolve(name), MadeOnce.CHECKOUT.resolve(name));
    }
    writeCard(firmware.image());

    String address = "127.0.0.1:" + Peer.freePort();
    Path console = logs.resolve("console.log");
    Process qemu =
        Peer.start(
            console, shell(block(section, "qemu-system-arm ").replace("127.0.0.1:8080", address)));
    try {
      Peer.await(
          "the box is sound",
          PATIENCE,
          () ->
              Peer.run("curl", "-s", "-m", "10", "http://" + address + "/status")
                  .output()
                  .contains("\"sound\": true"));
      Matcher secret =
          FirmwareBootsTest.SECRET.matcher(Files.readString(console, StandardCharsets.ISO_8859_1));
      assertThat(secret.find()).isTrue();
      String send = UPDATE.replace("http://BOX/", "http://" + address + "/");
      Peer.Outcome update =
          Peer.run(shell("export KOBAKO_SECRET=" + secret.group(1) + "\n" + send));
      // It is what runs already: who sends it by mistake is told so.
      assertThat(update.output()).contains("refuses it: the update is version ");
    } finally {
      Peer.stop(qemu);
    }
  }

  /** As a loop device, which is as long as a card; its end is no part of the file. */
  private void writeCard(Path image) throws IOException {
    Path file = work.resolve("card");
    Peer.run("truncate", "--size=1G", file.toString()).succeeded();
    String device = Peer.run("losetup", "--find", "--show", file.toString()).succeeded().strip();
    try {
      Peer.run(shell(WRITE.replace("/dev/CARD", device))).succeeded();
    } finally {
      Peer.run("losetup", "--detach", device).succeeded();
    }
    Peer.run("cmp", "--bytes=" + Files.size(image), image.toString(), file.toString()).succeeded();
  }

  /** Killed with this VM, as whatever it becomes by {@code exec} is. */
  private List<String> shell(String commands) {
    return List.of(
        "setpriv",
        "--pdeathsig",
        "KILL",
        "sh",
        "-ec",
        "cd '%s'; export KOBAKO_NO_BUILD=1 JAVA_HOME='%s'\n%s"
            .formatted(work, System.getProperty("java.home"), commands));
  }

  private static String section(String heading) throws IOException {
    String readme = Files.readString(MadeOnce.CHECKOUT.resolve("README.md"));
    int begin = readme.indexOf(heading + "\n");
    return readme.substring(begin, readme.indexOf("\n## ", begin));
  }

  /** The fenced block that has this command, which takes the shell's place. */
  private static String block(String section, String command) {
    for (String part : section.split("```\n")) {
      if (part.contains("\n" + command)) {
        return part.replace("\n" + command, "\nexec " + command);
      }
    }
    throw new AssertionError("the README has no " + command);
  }
}
