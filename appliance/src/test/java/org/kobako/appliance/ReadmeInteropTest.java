package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** The README's commands, each as it stands there, one after the other. */
@Tag("interop")
@Timeout(300)
class ReadmeInteropTest {
  /** Whoever runs these sets up and runs this test, or takes minutes. */
  private static final List<String> RUN_ELSEWHERE =
      List.of(
          "./kobako demo",
          "./kobako test",
          "./kobako bench",
          "./kobako machine-bundle",
          "./kobako firmware");

  private static final List<String> GO_ON = List.of("./kobako serve", "./kobako attach");

  @TempDir Path work;

  /** As root a box boots every machine that it can reach: here there are none. */
  private final String network = "kobako-readme-" + ProcessHandle.current().pid();

  @Test
  void everyCommandOfTheReadmeWorks() throws IOException {
    Path checkout = Path.of("..").toRealPath();
    Files.createSymbolicLink(work.resolve("kobako"), checkout.resolve("kobako"));
    Path disk = work.resolve("debian.img");
    Peer.run("mke2fs", "-q", "-t", "ext4", "-d", "/etc/apt", disk.toString(), "16M").succeeded();
    List<Process> running = new ArrayList<>();
    Peer.run("ip", "netns", "add", network).succeeded();
    try {
      run("ip link set lo up", running);
      List<String> commands = commands(checkout.resolve("README.md"));
      assertThat(commands).hasSizeGreaterThan(10);
      for (String command : commands) {
        run(command, running);
      }
      assertThat(Files.mismatch(disk, work.resolve("debian.img.copy"))).isEqualTo(-1);
    } finally {
      running.reversed().forEach(Peer::stop);
      Peer.run("ip", "netns", "delete", network).succeeded();
    }
  }

  /** Lines of fenced blocks, without those that other tests run. */
  private static List<String> commands(Path readme) throws IOException {
    List<String> commands = new ArrayList<>();
    boolean fenced = false;
    for (String line : Files.readAllLines(readme)) {
      if (line.startsWith("```")) {
        fenced = !fenced;
      } else if (fenced
          && line.matches("(\\./kobako|mount|umount|mkdir) .*")
          && RUN_ELSEWHERE.stream().noneMatch(line::startsWith)) {
        commands.add(line);
      }
    }
    return commands;
  }

  private void run(String command, List<Process> running) throws IOException {
    String shell = "cd '" + work + "' && export KOBAKO_NO_BUILD=1 && ";
    if (GO_ON.stream().noneMatch(command::startsWith)) {
      Peer.run(inNetwork("sh", "-c", shell + command)).succeeded();
      return;
    }
    Path output = Files.createTempFile(work, "output", "");
    Process process = Peer.start(output, inNetwork("sh", "-c", shell + "exec " + command));
    running.add(process);
    Peer.await(
        command + " is ready",
        Duration.ofSeconds(60),
        () ->
            Files.readString(output)
                .lines()
                .anyMatch(line -> line.startsWith("ready: ") || line.startsWith("attached ")));
  }

  /** Not by "ip netns exec", which would give each command mounts of its own. */
  private List<String> inNetwork(String... command) {
    List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + network));
    words.addAll(List.of(command));
    return words;
  }
}
