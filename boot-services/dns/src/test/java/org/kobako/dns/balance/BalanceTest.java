package org.kobako.dns.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kobako.dns.balance.Balance.Told;

class BalanceTest {
  private static final Disk DISK = disk(100, 1);

  private final List<String> moves = new ArrayList<>();
  private long seconds;
  private final Balance here = balance();
  private final Balance there = balance();

  private Balance balance() {
    Balance balance =
        new Balance(
            Policy.DYNAMIC,
            () -> TimeUnit.SECONDS.toNanos(seconds),
            (disk, why) -> moves.add("disk%d %s".formatted(disk.number(), why)));
    balance.update(List.of(box("a", 0), box("b", 3)));
    return balance;
  }

  private static Backend box(String name, int loadLevel) {
    return new Backend(name, loadLevel, Backend.USUAL_PRIORITY, false, List.of());
  }

  private static Disk disk(int machine, int number) {
    return new Disk(InetAddress.ofLiteral("10.75.0." + machine), number);
  }

  private static void tell(Balance from, Balance to) {
    from.toTell(100).forEach(to::hear);
  }

  @Test
  void aMoveHasItsReasonInWords() {
    here.send(DISK);
    here.send(DISK);
    assertThat(moves).containsExactly("disk1 to box a (P 0.0) rather than b (P 3.0)");
    here.update(List.of(box("b", 3)));
    here.send(DISK);
    assertThat(moves).last().isEqualTo("disk1 to box b (P 3.0); box a is gone");
  }

  @Test
  void anotherBoxThatIsToldGoesOnWhereThisOneWas() {
    here.update(List.of(box("b", 3)));
    here.send(DISK);
    seconds = 2;
    tell(here, there);
    assertThat(there.disks()).containsEntry(DISK, "b");
    assertThat(there.machines("b")).isEqualTo(1);
  }

  @Test
  void theNewerOfTwoCounts() {
    here.update(List.of(box("b", 3)));
    here.send(DISK);
    seconds = 3;
    there.send(DISK);
    seconds = 5;
    tell(here, there);
    tell(there, here);
    assertThat(here.disks()).containsEntry(DISK, "a").isEqualTo(there.disks());
  }

  @Test
  void aDiskThatNobodyAsksForIsForgottenHoweverOftenBoxesTellOfIt() {
    here.send(DISK);
    for (seconds = 0; seconds < Balance.KEPT.toSeconds() + 2; seconds++) {
      tell(here, there);
      tell(there, here);
      here.update(List.of(box("a", 0)));
      there.update(List.of(box("a", 0)));
    }
    assertThat(here.disks()).isEmpty();
    assertThat(there.disks()).isEmpty();
    assertThat(there.toTell(10)).isEmpty();
  }

  @Test
  void eachDiskHasItsTurnAndOneThatMovedGoesFirst() {
    for (int number = 1; number <= 4; number++) {
      here.send(disk(number, 1));
    }
    List<Disk> first = told(here, 2);
    List<Disk> second = told(here, 2);
    assertThat(second).doesNotContainAnyElementsOf(first);
    here.update(List.of(box("b", 3)));
    here.send(first.getFirst());
    assertThat(told(here, 2).getFirst()).isEqualTo(first.getFirst());
    assertThat(told(here, 5)).hasSize(4);
  }

  private static List<Disk> told(Balance balance, int most) {
    List<Disk> told = balance.toTell(most).stream().map(Told::disk).toList();
    balance.wereTold(told);
    return told;
  }
}
