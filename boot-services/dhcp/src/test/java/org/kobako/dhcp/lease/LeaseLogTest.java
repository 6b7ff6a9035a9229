package org.kobako.dhcp.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.ClientId;

class LeaseLogTest {
  private static final long NOW = 1_795_267_800;

  @TempDir Path directory;

  @Test
  void peopleCanReadIt() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(List.of(lease(1)));
    }

    assertThat(Files.readString(file()))
        .isEqualTo(
            "bound 10.0.0.1 52:54:00:00:00:01 -"
                + " 2026-11-21T13:30:00Z 2026-11-21T14:30:00Z d28154fa\n");
  }

  @Test
  void whatWasAppendedIsThereAgain() throws IOException {
    Client withId = new Client(new MacAddress(2), ClientId.ofHex("ff000000010001"));
    List<Lease> leases =
        List.of(
            lease(1),
            new Lease(Ipv4Address.of("10.0.0.2"), withId, Lease.Kind.LENT, NOW, NOW + 60),
            new Lease(Ipv4Address.of("10.0.0.1"), withId, Lease.Kind.RELEASED, NOW, NOW));
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(leases.subList(0, 1));
      log.append(leases.subList(1, 3));
    }

    assertThat(restored()).isEqualTo(leases);
  }

  @Test
  void cutAtAnyByteItKeepsEveryWholeLineAndGoesOn() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(List.of(lease(1), lease(2), lease(3)));
    }
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      int lines = (int) new String(whole, 0, length, StandardCharsets.US_ASCII).lines().count();
      int wholeLines = length == 0 || whole[length - 1] == '\n' ? lines : lines - 1;

      try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
        log.append(List.of(lease(9)));
      }

      List<Lease> expected = new ArrayList<>();
      IntStream.rangeClosed(1, wholeLines).forEach(i -> expected.add(lease(i)));
      expected.add(lease(9));
      assertThat(restored()).as("cut at %d", length).isEqualTo(expected);
    }
  }

  @Test
  void aDamagedLineIsLeftOutAndCounted() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(List.of(lease(1), lease(2), lease(3)));
    }
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(), bytes);

    List<Lease> restored = new ArrayList<>();
    try (LeaseLog log = LeaseLog.open(file(), restored::add)) {
      assertThat(log.damagedLines()).isEqualTo(1);
    }
    assertThat(restored).containsExactly(lease(1), lease(3));
  }

  @Test
  void writtenAnewItHasOnlyWhatCounts() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(List.of(lease(1), lease(2)));
      log.rewrite(List.of(lease(2)));
      log.append(List.of(lease(3)));
    }

    assertThat(restored()).containsExactly(lease(2), lease(3));
    assertThat(directory.toFile().list()).containsExactly("leases");
  }

  @Test
  void aFileThatWasBeingWrittenAnewDoesNoHarm() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(List.of(lease(1)));
    }
    Files.writeString(directory.resolve("leases.new"), "bound 10.0");

    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.rewrite(List.of(lease(1), lease(2)));
    }
    assertThat(restored()).containsExactly(lease(1), lease(2));
  }

  @Test
  void itIsLongWhenMostOfItIsStale() throws IOException {
    try (LeaseLog log = LeaseLog.open(file(), lease -> {})) {
      log.append(Collections.nCopies(1002, lease(1)));
      assertThat(log.isLong(1)).isFalse();
      log.append(List.of(lease(1)));
      assertThat(log.isLong(1)).isTrue();
      assertThat(log.isLong(2)).isFalse();
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsSaidSoAtStart() {
    Path missing = directory.resolve("missing/leases");

    assertThatThrownBy(() -> LeaseLog.open(missing, lease -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing/leases");
  }

  private Path file() {
    return directory.resolve("leases");
  }

  private List<Lease> restored() throws IOException {
    List<Lease> leases = new ArrayList<>();
    LeaseLog.open(file(), leases::add).close();
    return leases;
  }

  private static Lease lease(int number) {
    return new Lease(
        Ipv4Address.of("10.0.0." + number),
        new Client(new MacAddress(0x5254_0000_0000L + number), null),
        Lease.Kind.BOUND,
        NOW,
        NOW + 3600);
  }
}
