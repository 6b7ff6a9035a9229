package org.kobako.dns.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what the formula gives by hand. */
class BalancerTest {
  private static final long AGES_NS = Long.MAX_VALUE / 2;

  private final Assignments assigned = new Assignments(1000, AGES_NS);

  private static Backend box(String name, int loadLevel, int priority) {
    return new Backend(name, loadLevel, priority, false, List.of());
  }

  private static InetAddress machine(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 75, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Disk disk(int machine, int number) {
    return new Disk(machine(machine), number);
  }

  private void assign(int machine, int number, String box) {
    assigned.assign(disk(machine, number), box, 0);
  }

  private List<String> order(Disk disk, Policy policy, Backend... boxes) {
    return Balancer.order(disk, List.of(boxes), assigned, policy).stream()
        .map(Backend::box)
        .toList();
  }

  /** Machine 1 asks for its disk 1; others are machines that the box has already. */
  @ParameterizedTest
  @CsvSource({
    // load, priority, others, other disk there, this disk there, P
    "0, 5, 0, false, false, 0",
    "9, 5, 0, false, false, 9",
    "3, 5, 4, false, false, 7",
    "3, 10, 4, false, false, 5",
    "3, 1, 4, false, false, 23",
    "0, 100, 40, false, false, 2",
    "0, 5, 0, true, false, 5",
    "0, 5, 0, false, true, -1",
    "2, 5, 3, true, true, 9",
  })
  void theWeightIsThatOfThePaper(
      int load, int priority, int others, boolean otherDisk, boolean thisDisk, double expected) {
    for (int other = 0; other < others; other++) {
      assign(2 + other, 1, "a");
    }
    if (otherDisk) {
      assign(1, 2, "a");
    }
    if (thisDisk) {
      assign(1, 1, "a");
    }
    assertThat(Balancer.weight(disk(1, 1), box("a", load, priority), assigned))
        .isEqualTo(expected, within(1e-9));
  }

  @Test
  void theLeastLoadedComesFirstAndTheOthersAfterItInOrder() {
    assertThat(order(disk(1, 1), Policy.DYNAMIC, box("a", 7, 5), box("b", 2, 5), box("c", 4, 5)))
        .containsExactly("b", "c", "a");
  }

  @Test
  void aDiskStaysWhereItIsAsLongAsNothingIsBetterByMoreThanOne() {
    assign(1, 1, "b");
    assertThat(order(disk(1, 1), Policy.DYNAMIC, box("a", 0, 5), box("b", 1, 5))).startsWith("b");
    assertThat(order(disk(1, 1), Policy.DYNAMIC, box("a", 0, 5), box("b", 2, 5))).startsWith("a");
  }

  @Test
  void atBootADiskStaysUntilItsBoxFails() {
    assign(1, 1, "b");
    assertThat(order(disk(1, 1), Policy.AT_BOOT, box("a", 0, 5), box("b", 9, 5), box("c", 1, 5)))
        .containsExactly("b", "a", "c");
    assertThat(order(disk(1, 1), Policy.AT_BOOT, box("a", 0, 5), box("c", 1, 5)))
        .containsExactly("a", "c");
  }

  @Test
  void twoDisksOfAMachinePart() {
    assign(1, 1, "a");
    assertThat(order(disk(1, 2), Policy.DYNAMIC, box("a", 0, 5), box("b", 4, 5))).startsWith("b");
    assertThat(order(disk(1, 2), Policy.DYNAMIC, box("a", 0, 5), box("b", 6, 5))).startsWith("a");
  }

  @Test
  void aBoxThatIsDrainedComesLastWhoeverIsThere() {
    Backend drained = new Backend("a", 0, 100, true, List.of());
    assign(1, 1, "a");
    for (Policy policy : Policy.values()) {
      assertThat(order(disk(1, 1), policy, drained, box("b", 9, 1))).containsExactly("b", "a");
    }
    assertThat(order(disk(1, 1), Policy.DYNAMIC, drained)).containsExactly("a");
  }

  @Test
  void aBoxWithRangesServesThoseMachinesAlone() throws UnknownHostException {
    MachineRange low = new MachineRange(machine(10), machine(19));
    Backend limited = new Backend("a", 0, 5, false, List.of(low));
    assertThat(order(disk(10, 1), Policy.DYNAMIC, limited, box("b", 9, 5))).startsWith("a");
    assertThat(order(disk(19, 1), Policy.DYNAMIC, limited, box("b", 9, 5))).startsWith("a");
    assertThat(order(disk(20, 1), Policy.DYNAMIC, limited, box("b", 9, 5))).containsExactly("b");
    Disk bySix = new Disk(InetAddress.getByName("fd00::10"), 1);
    assertThat(order(bySix, Policy.DYNAMIC, limited, box("b", 9, 5))).containsExactly("b");
  }

  /** 40 machines with two disks on four boxes, of which one is strong and one is loaded. */
  @Test
  void aRoomIsSharedAsTheFormulaWantsAndNothingMovesAnyMore() {
    List<Backend> boxes = List.of(box("a", 0, 10), box("b", 0, 5), box("c", 6, 5), box("d", 0, 5));
    List<Disk> disks = new ArrayList<>();
    for (int machine = 1; machine <= 40; machine++) {
      disks.add(disk(machine, 1));
      disks.add(disk(machine, 2));
    }
    Collections.shuffle(disks, new Random(1));
    assertThat(moves(disks, boxes)).isEqualTo(disks.size());
    moves(disks, boxes);
    for (int again = 0; again < 5; again++) {
      Collections.shuffle(disks, new Random(again));
      assertThat(moves(disks, boxes)).isZero();
    }
    assertThat(boxes.stream().mapToInt(this::machinesOf).sum()).isEqualTo(80);
    assertThat(machinesOf(boxes.get(0))).isBetween(2 * 17 - 2, 2 * 17 + 2);
    assertThat(machinesOf(boxes.get(1)) - machinesOf(boxes.get(3))).isBetween(-1, 1);
    assertThat(machinesOf(boxes.get(1)) - machinesOf(boxes.get(2))).isBetween(5, 7);
  }

  private int machinesOf(Backend box) {
    return assigned.machinesBeside(machine(99), box.box());
  }

  /** Everybody asks once; how many are sent elsewhere than before. */
  private int moves(List<Disk> disks, List<Backend> boxes) {
    int moved = 0;
    for (Disk disk : disks) {
      String first = Balancer.order(disk, boxes, assigned, Policy.DYNAMIC).getFirst().box();
      if (!assigned.boxOf(disk).filter(first::equals).isPresent()) {
        moved++;
        assigned.assign(disk, first, 0);
      }
    }
    return moved;
  }
}
