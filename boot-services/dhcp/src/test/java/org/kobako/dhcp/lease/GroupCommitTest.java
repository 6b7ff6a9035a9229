package org.kobako.dhcp.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;

class GroupCommitTest {
  @TempDir Path directory;

  private final List<Lease> durable = new ArrayList<>();
  private final List<Lease> failed = new ArrayList<>();

  private final GroupCommit.Outcome<Lease> outcome =
      new GroupCommit.Outcome<>() {
        @Override
        public void onDurable(List<Lease> written) {
          durable.addAll(written);
        }

        @Override
        public void onFailure(List<Lease> notWritten, IOException e) {
          failed.addAll(notWritten);
        }
      };

  @Test
  void whatWasAddedIsOnTheDiskBeforeItIsSaidSo() throws IOException {
    Path file = directory.resolve("leases");
    List<Lease> leases = IntStream.range(1, 200).mapToObj(GroupCommitTest::lease).toList();
    try (LeaseLog log = LeaseLog.open(file, lease -> {})) {
      GroupCommit<Lease> commit = new GroupCommit<>(log, Function.identity(), List::of, outcome);
      leases.forEach(commit::add);
      commit.close();
      commit.run();
    }

    assertThat(durable).isEqualTo(leases);
    assertThat(Files.readAllLines(file)).hasSize(199);
  }

  @Test
  void afterItIsClosedNothingIsTaken() throws IOException {
    try (LeaseLog log = LeaseLog.open(directory.resolve("leases"), lease -> {})) {
      GroupCommit<Lease> commit = new GroupCommit<>(log, Function.identity(), List::of, outcome);
      commit.close();

      assertThat(commit.add(lease(1))).isFalse();
    }
  }

  @Test
  void itTakesNoMoreThanItsBound() throws IOException {
    try (LeaseLog log = LeaseLog.open(directory.resolve("leases"), lease -> {})) {
      GroupCommit<Lease> commit = new GroupCommit<>(log, Function.identity(), List::of, outcome);
      for (int i = 0; i < GroupCommit.MAX_WAITING; i++) {
        assertThat(commit.add(lease(1))).isTrue();
      }

      assertThat(commit.add(lease(1))).isFalse();
    }
  }

  @Test
  void aWriteThatFailsIsSaidSo() throws IOException {
    LeaseLog log = LeaseLog.open(directory.resolve("leases"), lease -> {});
    GroupCommit<Lease> commit = new GroupCommit<>(log, Function.identity(), List::of, outcome);
    commit.add(lease(1));
    commit.close();
    log.close();
    commit.run();

    assertThat(failed).containsExactly(lease(1));
    assertThat(durable).isEmpty();
  }

  private static Lease lease(int number) {
    return new Lease(
        Ipv4Address.of("10.0.0." + number),
        new Client(new MacAddress(number), null),
        Lease.Kind.BOUND,
        0,
        3600);
  }
}
