package org.kobako.dns.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AssignmentsTest {
  private static final InetAddress MACHINE = InetAddress.getLoopbackAddress();

  private final Assignments assigned = new Assignments(3, 10);

  private static Disk disk(int number) {
    return new Disk(MACHINE, number);
  }

  @Test
  void aMachineCountsOnceForAllItsDisksOnABox() {
    assigned.assign(disk(1), "a", 0);
    assigned.assign(disk(2), "a", 0);
    assertThat(assigned.machinesBeside(InetAddress.ofLiteral("10.0.0.1"), "a")).isEqualTo(1);
    assertThat(assigned.machinesBeside(MACHINE, "a")).isZero();
    assertThat(assigned.hasOther(disk(1), "a")).isTrue();
    assigned.assign(disk(2), "b", 0);
    assertThat(assigned.hasOther(disk(1), "a")).isFalse();
    assertThat(assigned.hasOther(disk(1), "b")).isTrue();
  }

  @Test
  void whoeverHasNotAskedForLongIsForgotten() {
    assigned.assign(disk(1), "a", 0);
    assigned.assign(disk(2), "a", 5);
    assigned.assign(disk(1), "a", 7);
    assigned.expire(15);
    assertThat(assigned.boxOf(disk(1))).contains("a");
    assertThat(assigned.boxOf(disk(2))).isEmpty();
    assigned.expire(17);
    assertThat(assigned.size()).isZero();
  }

  @Test
  void thereAreNeverMoreThanItMayRemember() {
    for (int number = 1; number <= 10; number++) {
      assigned.assign(disk(number), "a", number);
    }
    assertThat(assigned.size()).isEqualTo(3);
    assertThat(assigned.boxOf(disk(7))).isEmpty();
    assertThat(assigned.boxOf(disk(8))).contains("a");
  }
}
