package org.kobako.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.testing.Peer;

/**
 * Power that fails twenty times at random moments, under a card that loses and reorders what was
 * not flushed: see {@link CardController}.
 *
 * <p>In the first starts, where a card becomes a box's own, power fails for good, one time upon the
 * other. While the box takes an update and gives out addresses each failure leaves a card of its
 * own, and the box goes on, so that one start is enough for many. All of these cards are read as a
 * workstation and a boot loader read them; some of them are started.
 */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwarePowerBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int FAILURES_WHILE_STARTING = 8;
  private static final int FAILURES_WHILE_UPDATING = 12;
  private static final int STARTED_OF_THOSE = 3;

  /** From power-on to a box that answers, on a busy computer. */
  private static final Duration STARTING = Duration.ofSeconds(45);

  /** From an update's first byte to the slot that is confirmed, likewise. */
  private static final Duration UPDATING = Duration.ofSeconds(120);

  /** Where it is in a partition with ext4. */
  private static final int SUPERBLOCK_CHECKSUM = 1024 + 1020;

  private static final String SECRET = "abcde-fghij-kmnpq-rstuv";

  private @TempDir Path work;

  /** A card that a failure left, and the addresses that its box had given out before. */
  private record Left(Card card, List<String> given) {}

  @Test
  void powerThatFailsTwentyTimesLeavesWholeCardsThatBoot() throws Exception {
    Path logs = Logs.of("firmware-power");
    Firmware firmware = Firmware.of("armhf", logs.resolve("make.log"));
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      for (int failure = 0; failure < FAILURES_WHILE_STARTING; failure++) {
        box.powerOn();
        Thread.sleep(box.random().nextLong(STARTING.toMillis()));
        box.pullPlug();
      }
      keepSecretOfThisTest(box.card());
      box.powerOn();
      long version = FlashedBox.version(box.awaitSound("a", PATIENCE)) + 1;
      Firmware.Update update = firmware.update(work.resolve("update"), version);
      List<Left> all = failWhileUpdating(box, update.sign(), logs);
      assertThat(FlashedBox.version(box.awaitSound("b", PATIENCE))).isEqualTo(version);
      box.pullPlug();
      all.add(new Left(box.card(), List.of()));
      for (Left left : all) {
        assertWhole(left, new Card(firmware.image()), update);
      }
      startsWithHalfASuperblock(all.getFirst(), work.resolve("half"), logs);
      Collections.shuffle(all, box.random());
      for (Left left : all.subList(0, STARTED_OF_THOSE)) {
        assertStarts(left.card(), logs);
      }
    }
  }

  /** Sends an update, and asks for addresses all the while. */
  private List<Left> failWhileUpdating(FlashedBox box, Path update, Path logs) throws Exception {
    Path given = Files.createFile(work.resolve("given"));
    Process machines = askForAddresses(box, given, logs);
    Process updating = Peer.start(logs.resolve("update.log"), box.updateBy(update, SECRET));
    try {
      List<Left> all = new ArrayList<>();
      long begunNs = System.nanoTime();
      for (long atNs :
          box.random().longs(FAILURES_WHILE_UPDATING, 0, UPDATING.toNanos()).sorted().toArray()) {
        Thread.sleep(Duration.ofNanos(Math.max(0, begunNs + atNs - System.nanoTime())));
        List<String> promised = Files.readAllLines(given);
        Path card = work.resolve("card-" + all.size());
        all.add(new Left(box.controller().asIfPowerFailed(card), promised));
      }
      assertThat(updating.waitFor(PATIENCE)).isTrue();
      assertThat(updating.exitValue()).isZero();
      assertThat(all.getLast().given()).isNotEmpty();
      return all;
    } finally {
      Peer.stop(machines);
      Peer.stop(updating);
    }
  }

  /** A room of machines, each with a client identifier of its own, one after the other. */
  private Process askForAddresses(FlashedBox box, Path given, Path logs) throws IOException {
    Path script = work.resolve("given.sh");
    Files.writeString(script, "#!/bin/sh\n[ \"$1\" = bound ] && echo \"$ip\" >>" + given + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return Peer.start(
        logs.resolve("machines.log"),
        box.desk()
            .command(
                "sh",
                "-c",
                """
                while :; do
                  for machine in $(seq 10 99); do
                    busybox udhcpc -i eth0 -n -q -t 2 -T 1 -C -x 0x3d:01020304$machine -s %s
                  done
                done
                """
                    .formatted(script)));
  }

  /** Gives the box an admin secret that the test knows, as the one that it showed may be lost. */
  private static void keepSecretOfThisTest(Card card) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    card.onData(data ->
        Files.writeString(
            Files.createDirectories(data.resolve("firmware")).resolve("admin-secret.sha256"),
            HexFormat.of().formatHex(sha256.digest(SECRET.getBytes(US_ASCII)))));
  }

  /** As other programs see it. */
  private static void assertWhole(Left left, Card flashed, Firmware.Update update)
      throws IOException {
    Card card = left.card();
    card.onDevice(
        Card.Partition.DATA,
        device -> {
          // As a start does: replays the journal, and finds nothing that needs a person.
          Peer.Outcome start = Peer.run("e2fsck", "-p", device);
          if (start.output().contains("Superblock checksum does not match")) {
            start = Peer.run("e2fsck", "-y", "-b", "32768", "-B", "4096", device);
          }
          assertThat(start.exitCode()).as(start.output()).isLessThan(2);
          Peer.run("e2fsck", "-f", "-n", device).succeeded();
        });
    card.onDevice(
        Card.Partition.KOBAKO,
        device ->
            assertThat(Peer.run("fsck.vfat", "-n", device).output().lines().skip(1))
                .anyMatch(FirmwarePowerBootsTest::isSummary)
                .allMatch(FirmwarePowerBootsTest::isNoFault));
    card.onData(data -> {
      String leases = Files.readString(data.resolve("state/dhcp.leases"));
      for (String address : left.given()) {
        assertThat(leases).contains("bound " + address + " ");
      }
    });
    Map<String, String> slots = card.slots();
    assertThat(slots.get("good")).isIn("a", "b");
    assertThat(slots.get("next")).isIn("", "b");
    if (slots.containsValue("a")) {
      assertThat(card.hasSame(Card.Partition.BOOT_A, flashed)).isTrue();
      assertThat(card.hasSame(Card.Partition.ROOT_A, flashed)).isTrue();
    }
    if (slots.containsValue("b")) {
      assertThat(card.has(Card.Partition.BOOT_B, update.boot())).isTrue();
      assertThat(card.has(Card.Partition.ROOT_B, update.squashfs())).isTrue();
    }
  }

  /** Said last, when all of the file system was looked at. */
  private static boolean isSummary(String line) {
    return line.matches("/dev/loop\\S+: \\d+ files, \\d+/\\d+ clusters");
  }

  /** A card that was just being written bears a mark, which the next start takes away. */
  private static boolean isNoFault(String line) {
    return line.isEmpty()
        || isSummary(line)
        || line.equals("Leaving filesystem unchanged.")
        || line.startsWith("Dirty bit is set.")
        || line.equals(" Automatically removing dirty bit.");
  }

  /** One of its two sectors is of before, which may happen where a card writes them apart. */
  private static void startsWithHalfASuperblock(Left left, Path copy, Path logs) throws Exception {
    Peer.run("cp", "--sparse=always", left.card().file().toString(), copy.toString()).succeeded();
    Card card = new Card(copy);
    long at = card.offset(Card.Partition.DATA) + SUPERBLOCK_CHECKSUM;
    try (RandomAccessFile disk = new RandomAccessFile(copy.toFile(), "rw")) {
      disk.seek(at);
      int sum = disk.readInt();
      disk.seek(at);
      disk.writeInt(~sum);
    }
    card.onDevice(
        Card.Partition.DATA,
        device -> assertThat(Peer.run("e2fsck", "-p", device).exitCode()).isEqualTo(8));
    assertStarts(card, logs);
    card.onData(
        data -> assertThat(Files.readString(data.resolve("state/dhcp.leases"))).isNotEmpty());
  }

  private static void assertStarts(Card card, Path logs) throws Exception {
    Path own = Logs.inside(logs, "started-" + card.file().getFileName());
    try (FlashedBox box = FlashedBox.armhf(card, own)) {
      box.powerOn();
      box.awaitSound(PATIENCE);
    }
  }
}
