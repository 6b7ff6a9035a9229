package org.kobako.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;

/** Many machines, and a disk that has no room for them. */
@Tag("interop")
class LoadInteropTest {
  private static final Pattern DROPPED = Pattern.compile("drops: (\\d+)");

  @TempDir Path directory;

  private final Segment segment = new Segment();
  private final Segment.Host box = segment.host("10.77.0.1/16");

  @AfterEach
  void takeDown() {
    segment.close();
  }

  @Test
  void fiveHundredMachinesASecondHaveTheirLeasesOnTheDisk() throws IOException {
    Segment.Host load = segment.host("10.77.0.2/16");
    Path leases = directory.resolve("leases");
    try (BoxProcess running = startBox(leases)) {
      running.awaitLog("gives addresses");
      // The first second finds the box cold.
      perfdhcp(load, 1);
      Matcher dropped = DROPPED.matcher(perfdhcp(load, 5));

      while (dropped.find()) {
        assertThat(Integer.parseInt(dropped.group(1))).isLessThan(25); // of 2500
      }
    }
    Set<String> addresses = new HashSet<>();
    Files.readAllLines(leases).forEach(line -> addresses.add(line.split(" ")[1]));
    assertThat(addresses).hasSizeGreaterThan(1500);
  }

  private static String perfdhcp(Segment.Host load, int seconds) {
    // As a relay agent; its exit code tells of a single lost packet.
    String said =
        load.run(
                "perfdhcp",
                "-4",
                "-l",
                "eth0",
                "-r",
                "500",
                "-R",
                "2000",
                "-p",
                String.valueOf(seconds),
                "-W",
                "1000000",
                "10.77.0.1")
            .output();
    assertThat(said).contains("Rate statistics", "drops:");
    return said;
  }

  @Test
  void withAFullDiskMachinesKeepTheirLeasesAndNewOnesWaitUntilThereIsRoom() throws IOException {
    Path small = Files.createDirectory(directory.resolve("small"));
    Peer.run("mount", "-t", "tmpfs", "-o", "size=64k", "none", small.toString()).succeeded();
    try {
      // A line of no use, so that the first lease fits its page, and the second does not.
      Path leases = Files.writeString(small.resolve("leases"), "#".repeat(3990) + "\n");
      Segment.Host known = segment.machine();
      Segment.Host stranger = segment.machine();
      try (BoxProcess running = startBox(leases)) {
        running.awaitLog("gives addresses");
        assertThat(Udhcpc.run(known, directory)).contains("ip=10.77.16.0");
        fill(small.resolve("filler"));

        assertThat(Udhcpc.run(stranger, directory)).contains("no lease");
        assertThat(Udhcpc.run(known, directory)).contains("ip=10.77.16.0");
        assertThat(running.log()).contains("cannot write " + leases + ": No space left on device");

        Files.delete(small.resolve("filler"));
        assertThat(Udhcpc.run(stranger, directory)).contains("ip=10.77.");
      }
    } finally {
      Peer.run("umount", "-l", small.toString());
    }
  }

  private static void fill(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (channel.write(ByteBuffer.allocate(4096)) > 0) {
        continue;
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private BoxProcess startBox(Path leases) throws IOException {
    List<String> options =
        List.of("subnet=10.77.0.0/16", "pool=10.77.16.0-10.77.31.255", "lease-file=" + leases);
    return BoxProcess.start(
        box, Files.createTempFile(directory, "box", ".log"), options.toArray(String[]::new));
  }
}
