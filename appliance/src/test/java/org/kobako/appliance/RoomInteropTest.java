package org.kobako.appliance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** Three boxes on one network that have nothing in common but a key, as machines see them. */
@Tag("interop")
@Timeout(400)
@Execution(ExecutionMode.CONCURRENT)
class RoomInteropTest {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final String DISK = "disk1.boot.kobako";
  private static final int BLOCK = 1 << 16;

  /** Larger than the client's cache: every read is a fetch. */
  private final byte[] disk = TestDisk.mixed(128 * BLOCK, BLOCK, 2);

  private final Segment segment = new Segment();
  private final Segment.Host machine = segment.host("10.77.0.50/24");
  private final Map<Integer, Segment.Host> hosts = new HashMap<>();
  private final Map<Integer, Process> running = new HashMap<>();
  private Path work;
  private String key;

  @BeforeEach
  void makeTheRoom() throws IOException {
    work = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-test");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    key = KobakoRun.of("room-key").succeeded();
    for (int box = 1; box <= 3; box++) {
      TestStore store = new TestStore(store(box));
      store.add("debian", box, TestDisk.mixed(3 * BLOCK, BLOCK, 1));
      store.add("disk", 1, disk);
      hosts.put(box, segment.host("10.77.0." + box + "/24"));
      start(box, "");
    }
  }

  private Path store(int box) {
    return work.resolve("store" + box);
  }

  private void start(int box, String more) throws IOException {
    Path config = work.resolve("kobako%d.toml".formatted(box));
    Files.writeString(
        config,
        """
        store = "store%d"
        state = "state%d"
        [http]
        port = 80
        [dhcp]
        mode = "%s"
        %s%s
        """
            .formatted(box, box, box == 1 ? "server" : "off", key, more));
    running.put(
        box,
        Children.serve(
            requireNonNull(hosts.get(box)), work.resolve("serve%d.log".formatted(box)), config));
  }

  @AfterEach
  void pullItOut() throws Exception {
    for (int box : List.copyOf(running.keySet())) {
      kill(box);
    }
    segment.close();
    Peer.run("rm", "-r", work.toString()).succeeded();
  }

  private void kill(int box) throws InterruptedException {
    requireNonNull(running.remove(box)).destroyForcibly().waitFor();
  }

  /** The addresses' last numbers in the answer of one box's DNS, in its order. */
  private List<Integer> ask(int box, String name) {
    return machine
        .run("dig", "+short", "+tries=1", "+timeout=2", "@10.77.0." + box, name)
        .output()
        .lines()
        .filter(line -> line.startsWith("10.77.0."))
        .map(line -> Integer.valueOf(line.substring(line.lastIndexOf('.') + 1)))
        .toList();
  }

  /** Each of these boxes knows of all of them, and of no other. */
  private void awaitRoom(Integer... boxes) {
    for (int box : boxes) {
      Peer.await(
          "box " + box + " sends machines to " + List.of(boxes),
          PATIENCE,
          () -> ask(box, DISK).stream().sorted().toList().equals(List.of(boxes)));
    }
  }

  /**
   * This box knows of three, and is not asked for a disk: it would send it to those it knows of.
   */
  private void awaitOthers(int box) {
    Peer.await(
        "box " + box + " knows of the others",
        PATIENCE,
        () ->
            status(box)
                    .lines()
                    .filter(line -> line.matches(".* 10\\.77\\.0\\.\\d +healthy .*"))
                    .count()
                == 3);
  }

  /** Each of these boxes has the disk at the same box, though some were never asked for it. */
  private void awaitAgreement(Integer... boxes) {
    Peer.await(
        "all know where the disk is",
        PATIENCE,
        () -> {
          List<String> places =
              Stream.of(boxes)
                  .flatMap(box -> status(box).lines())
                  .filter(line -> line.matches("10\\.77\\.0\\.50 +1 .*"))
                  .toList();
          return places.size() == boxes.length && places.stream().distinct().count() == 1;
        });
  }

  private String status(int box) {
    return machine
        .run(
            "curl",
            "-s",
            "--retry-connrefused",
            "--retry",
            "9",
            "http://10.77.0." + box + "/status.txt")
        .succeeded();
  }

  @Test
  void boxesThatHaveAKeyInCommonActAsOne() throws Exception {
    awaitRoom(1, 2, 3);
    int first = ask(1, DISK).getFirst();
    awaitAgreement(1, 2, 3);
    assertThat(Stream.of(2, 3).map(box -> ask(box, DISK).getFirst())).containsOnly(first);
    assertThat(ask(2, "disk2.boot.kobako").getFirst()).isNotEqualTo(first);

    Path script = Files.writeString(work.resolve("lease.sh"), "#!/bin/sh\nenv\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    String lease = machine.run("udhcpc", "-fnq", "-i", "eth0", "-s", script.toString()).output();
    assertThat(lease).contains("dns=10.77.0.1 10.77.0.");

    int asked = first % 3 + 1;
    kill(first);
    List<Integer> left = Stream.of(1, 2, 3).filter(box -> box != first).toList();
    awaitRoom(left.toArray(Integer[]::new));
    int second = ask(asked, DISK).getFirst();
    assertThat(status(asked))
        .contains("(10.77.0.%d) is silent".formatted(first))
        .contains("disk1 of 10.77.0.50 goes to box");

    start(first, "");
    awaitOthers(first);
    awaitAgreement(1, 2, 3);
    assertThat(ask(first, DISK).getFirst()).isEqualTo(second); // told by the others

    kill(second);
    start(second, "drain = true\n");
    Peer.await(
        "the drained box is the last",
        PATIENCE,
        () -> ask(asked, DISK).size() == 3 && ask(asked, DISK).getLast() == second);
    assertThat(status(second)).contains("draining");
  }

  @Test
  void aRoomThatWasCutInTwoIsOneAgain() throws Exception {
    awaitRoom(1, 2, 3);
    segment.cable(requireNonNull(hosts.get(1)), false);
    awaitRoom(2, 3);
    int during = ask(2, DISK).getFirst();
    segment.cable(requireNonNull(hosts.get(1)), true);
    awaitOthers(1);
    awaitAgreement(1, 2, 3);
    awaitRoom(1, 2, 3);
    assertThat(ask(1, DISK).getFirst()).isEqualTo(during);
    assertThat(status(1)).contains("is silent").contains("is there");
  }

  @Test
  void aBoxWhoseDiskRotsIsSilentUntilItIsSoundAgain() throws Exception {
    awaitRoom(1, 2, 3);
    String blocks = store(2).resolve("blocks").toString();
    Peer.run("find", blocks, "-type", "f", "-exec", "sh", "-c", "echo >> $0", "{}", ";")
        .succeeded();
    awaitRoom(1, 3);
    assertThat(status(2)).contains("failing").contains("run kobako verify");
    Peer.run("find", blocks, "-type", "f", "-exec", "truncate", "-s", "-1", "{}", ";").succeeded();
    awaitRoom(1, 2, 3);
  }

  @Test
  void allBoxesButOneMayStopInAnyOrderUnderARunningMachine() throws Exception {
    awaitRoom(1, 2, 3);
    Path mount = Files.createDirectory(work.resolve("mount"));
    List<String> inTheRoom = List.of("nsenter", "--net=/run/netns/" + machine.namespace());
    try (ChildKobako attach =
            ChildKobako.start(
                inTheRoom,
                Kobako.class,
                work.resolve("attach.log"),
                "attach",
                "disk",
                "--from",
                "http://" + DISK,
                "--resolver",
                "10.77.0.1,10.77.0.2,10.77.0.3",
                "--mount",
                mount.toString(),
                "--cache",
                "4m",
                "--threads",
                "2");
        SteadyReader reader = new SteadyReader(mount.resolve("disk"), disk)) {
      assertThat(attach.readyLine()).contains("disk version 1");
      for (int last = 1; last <= 3; last++) {
        int first = last % 3 + 1;
        int second = first % 3 + 1;
        kill(first);
        reader.awaitMore();
        requireNonNull(running.remove(second)).destroy();
        reader.awaitMore();
        start(first, "");
        start(second, "");
        awaitRoom(1, 2, 3);
        reader.awaitMore();
      }
      reader.awaitMore();
      assertThat(reader.wrongOrFailed()).isEmpty();
    }
  }
}
