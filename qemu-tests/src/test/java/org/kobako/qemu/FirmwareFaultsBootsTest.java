package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.testing.Peer;

/** A flashed box goes on with what it has, and says what is wrong: on its console, at /status. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareFaultsBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String FIXED = "10.75.0.9";

  private static final String CONFIG =
      """
      [network]
      address = "%s/24"
      """
          .formatted(FIXED);

  /** Its first line stands nowhere else on the card. */
  private static final String TORN =
      "# torn when it was edited\n" + CONFIG.substring(0, CONFIG.indexOf(FIXED) + 5);

  /** What a box copies into memory every 10 s is there, whatever becomes of the data partition. */
  private static final Duration KNOWN_AFTER = Duration.ofSeconds(20);

  /** Hangs in its first start with a watchdog, which waits no longer than 10 s for it. */
  private static final String HANGING_SUPERVISOR =
      """
      main() {
        if [ -c /dev/watchdog ] && [ ! -e /data/firmware/hung ]; then
          touch /data/firmware/hung
          sync
          killall -KILL watchdog
          watchdog -T 10 /dev/watchdog
          sleep 1
          take_watchdog
          say "hangs"
          kill -STOP $$
        fi
      """;

  private static final Pattern READY = Pattern.compile("ready: http://([0-9.]+):80/");

  private static final int MACHINES = 5;

  private @TempDir Path work;

  /** One fault after the other, two at a time, in one box. */
  @Test
  void aBoxBootsMachinesWithWhateverIsWrongAroundIt() throws Exception {
    Path logs = Logs.of("firmware-faults");
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      box.hasAddress(FIXED);
      letSupervisorHangOnce(box.card(), logs);
      putConfig(box, CONFIG);
      Network.Host another = box.network().join("another", FIXED + "/24");
      SerialConsole console = box.powerOn("-device", "i6300esb").console();
      console.await("kobako: hangs", PATIENCE);
      console.await("Kobako: slot a", PATIENCE); // U-Boot's words
      console.await(FIXED + " is another computer's: waiting", PATIENCE);
      another.plug().pull();
      assertThat(box.awaitSound("a", PATIENCE))
          .contains("\"used\": \"file\"")
          .contains("\"troubles\": []");
      String first = box.lease(1, PATIENCE);

      Thread.sleep(KNOWN_AFTER);
      Card.Partition data = Card.Partition.DATA;
      box.controller().wearOut(box.card().offset(data), box.card().lengthBytes(data));
      assertThat(box.lease(2, PATIENCE)).isNotEqualTo(first);
      assertTrouble(box, "the data partition cannot be written");
      assertThat(box.lease(1, PATIENCE)).isEqualTo(first);
      assertServes(box);
      box.pullPlug();

      fillData(box.card());
      box.card().markAsBeingWritten();
      putConfig(box, TORN);
      String status = start(box);
      assertThat(status).contains("\"used\": \"last-good\"").contains("kobako.toml: line");
      assertTrouble(box, "the data partition is full");
      assertThat(box.machine().console().said()).doesNotContainPattern(FirmwareBootsTest.SECRET);
      assertThat(box.lease(1, PATIENCE)).isEqualTo(first);
      String third = box.lease(3, PATIENCE);
      assertServes(box);
      box.pullPlug();
      assertThat(box.card().isMarkedAsBeingWritten()).isFalse();

      box.controller().writeProtect();
      box.controller().lose(placeOf(box.card(), TORN), 512);
      assertThat(start(box)).contains("\"used\": \"last-good\"").contains("cannot be read");
      assertTrouble(box, "the data partition cannot be written");
      assertThat(box.lease(1, PATIENCE)).isEqualTo(first);
      assertThat(box.lease(3, PATIENCE)).isEqualTo(third);
      assertThat(box.lease(4, PATIENCE)).isNotIn(first, third);
      assertServes(box);
      box.pullPlug();

      putConfig(box, CONFIG);
      box.controller().lose(box.card().offset(data), box.card().lengthBytes(data));
      assertThat(start(box)).contains("\"used\": \"file\"");
      assertTrouble(box, "the data partition cannot be used");
      box.lease(5, PATIENCE);
      assertServes(box);
    }
  }

  /** Two of one mould, in a room that has nothing else, and at first no cables. */
  @Test
  void twoBoxesThatArePluggedInAtOnceShareARoom() throws Exception {
    Path logs = Logs.of("firmware-two");
    Path another = Files.createDirectory(work.resolve("another"));
    try (FlashedBox first = FlashedBox.armhf(work, logs);
        FlashedBox second = first.beside(another, Logs.inside(logs, "second"))) {
      List<FlashedBox> both = List.of(first, second);
      for (FlashedBox box : both) {
        box.powerOn().pullCable();
      }
      for (FlashedBox box : both) {
        box.machine().console().await("no cable in eth0: waiting for one", PATIENCE);
        assertThat(box.machine().console().said()).doesNotContain("kobako: address");
      }
      for (FlashedBox box : both) {
        box.machine().plugInCable();
      }
      for (FlashedBox box : both) {
        awaitSoundWhereItIs(box);
        assertServes(box);
      }
      assertThat(first.url()).isNotEqualTo(second.url());
      // On a slow computer both may begin to give out addresses, until one hears of the other.
      Peer.await(
          "one of them says that it gives boot files and no addresses",
          PATIENCE,
          () ->
              both.stream()
                  .anyMatch(box ->
                      box.machine()
                          .console()
                          .said()
                          .contains("gives boot files and no addresses")));
      Set<String> given = new HashSet<>();
      Set<String> servers = new HashSet<>();
      for (int machine = 1; machine <= MACHINES; machine++) {
        String[] words = first.lease(machine, PATIENCE).split(" of ");
        given.add(words[0]);
        servers.add(words[1]);
      }
      assertThat(given).hasSize(MACHINES);
      assertThat(servers).hasSize(1);
    }
  }

  /** It may have said so of an address before, which it gave back to the other one. */
  private static void awaitSoundWhereItIs(FlashedBox box) {
    Peer.await(
        "the box is sound at the address that it named last",
        PATIENCE,
        () -> {
          List<MatchResult> named =
              READY.matcher(box.machine().console().said()).results().toList();
          named.forEach(ready -> box.hasAddress(ready.group(1)));
          return !named.isEmpty() && box.status().filter(FlashedBox::isSound).isPresent();
        });
  }

  private void letSupervisorHangOnce(Card card, Path logs) throws IOException {
    Firmware.Update root =
        Firmware.of("armhf", logs.resolve("make.log"))
            .update(work.resolve("root"), System.currentTimeMillis() / 1000);
    root.replace("usr/lib/kobako/slot", "\nmain() {\n", "\n" + HANGING_SUPERVISOR);
    root.placeOn(card);
  }

  private static String start(FlashedBox box) throws IOException {
    box.powerOn();
    return box.awaitSound("a", PATIENCE);
  }

  private void putConfig(FlashedBox box, String text) throws IOException {
    box.card().put(Files.writeString(work.resolve("kobako.toml"), text), "kobako.toml");
  }

  /** At /status and on the console. */
  private static void assertTrouble(FlashedBox box, String sentence) {
    box.awaitStatus("it says that " + sentence, PATIENCE, text -> text.contains(sentence));
    assertThat(box.machine().console().said()).contains("kobako: " + sentence);
  }

  /** What a machine fetches first, by both ways. */
  private static void assertServes(FlashedBox box) {
    for (String scheme : List.of("tftp", "http")) {
      Peer.await(
          "the box serves by " + scheme,
          PATIENCE,
          () -> box.bootScript(scheme).output().contains(FlashedBox.PXE_BOOT));
    }
  }

  /** As a workstation's user does who copies too much. */
  private static void fillData(Card card) throws IOException {
    card.onData(
        data -> Peer.run("dd", "if=/dev/zero", "of=" + data.resolve("store/too-much"), "bs=64K"));
  }

  /** Where a text is on the card's first partition. */
  private static long placeOf(Card card, String text) throws IOException {
    Card.Partition first = Card.Partition.KOBAKO;
    byte[] bytes = card.read(first, (int) card.lengthBytes(first));
    int place = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(place).isPositive();
    return card.offset(first) + place;
  }
}
