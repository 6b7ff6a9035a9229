package org.kobako.dhcp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.dhcp.RequestBuilder.discover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.RequestBuilder;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.lease.Client;
import org.kobako.dhcp.lease.Lease;

/** Two boxes on one segment: each hears every broadcast, unless it is lost. */
class TwoBoxesTest {
  private static final String POOL = "10.0.0.100-10.0.0.107";
  private static final int L = TestBox.LEASE_SECONDS;

  private final TestBox one = new TestBox("10.0.0.1", POOL, 1, 2);
  private final TestBox two = new TestBox("10.0.0.2", POOL, 2, 2);
  private final String ofOne = machineOf(1);
  private final String ofTwo = machineOf(2);

  @Test
  void eachMachineIsAnsweredByItsBox() {
    assertThat(one.hears(discover(ofOne)).reply().yourAddress()).isEqualTo("10.0.0.100");
    assertThat(two.hears(discover(ofOne)).isSilent()).isTrue();
    assertThat(two.hears(discover(ofTwo)).reply().yourAddress()).isEqualTo("10.0.0.104");
    assertThat(one.hears(discover(ofTwo)).isSilent()).isTrue();
  }

  @Test
  void theOtherAnswersAMachineThatAsksAgainOrHasWaited() {
    assertThat(two.hears(discover(ofOne)).isSilent()).isTrue();
    assertThat(two.hears(discover(ofOne)).reply().yourAddress()).isEqualTo("10.0.0.104");
    assertThat(one.hears(discover(ofTwo).secs(8)).reply().yourAddress()).isEqualTo("10.0.0.100");
  }

  @Test
  void whatIpxeClaimsAtOnceIsNoWaiting() {
    assertThat(one.hears(discover(ofTwo).secs(4)).isSilent()).isTrue();
  }

  @Test
  void aMachineStaysWithTheBoxThatGaveItsLease() {
    two.hears(discover(ofOne)); // its own box was away
    String address = two.boots(ofOne);
    one.takes(ofOne, address, "10.0.0.2");

    assertThat(one.hears(discover(ofOne)).isSilent()).isTrue();
    assertThat(two.hears(discover(ofOne)).reply().yourAddress()).isEqualTo(address);
  }

  @Test
  void aLeaseOfADeadBoxIsProlongedByTheOther() {
    String address = one.boots(ofOne);
    two.takes(ofOne, address, "10.0.0.1");
    passBoth(L * 7L / 8);

    assertThat(two.renews(ofOne, address).isSilent()).isTrue();
    TestBox.Outcome rebound = two.rebinds(ofOne, address);
    assertThat(rebound.isAck()).isTrue();
    assertThat(rebound.reply().address(54)).isEqualTo("10.0.0.2");
    assertThat(rebound.reply().seconds(51)).isEqualTo(L);
  }

  @Test
  void aMachineThatRebootsWhileItsBoxIsDeadGoesOn() {
    String address = one.boots(ofOne);
    two.takes(ofOne, address, "10.0.0.1");

    assertThat(two.reboots(ofOne, address).isAck()).isTrue();
    assertThat(two.reboots(ofTwo, address).isSilent()).isTrue();
  }

  @Test
  void prolongingEndsAfterFourLeaseTimes() {
    String address = one.boots(ofOne);
    long lent = 0;
    passBoth(L - 100);
    lent += lentSeconds(two.rebinds(ofOne, address));
    for (int i = 0; i < 3; i++) {
      passBoth(L - 100);
      lent = i * (L - 100L) + (L - 100) + lentSeconds(two.rebinds(ofOne, address));
    }
    assertThat(lent).isEqualTo(3 * (L - 100L) + L);
    passBoth(L - 100);
    assertThat(lentSeconds(two.rebinds(ofOne, address))).isEqualTo(400);
    passBoth(400);

    assertThat(two.rebinds(ofOne, address).isSilent()).isTrue();
  }

  @Test
  void prolongingBeginsAnewWhenTheMachineTakesALeaseFromItsOwnBox() {
    String address = one.boots(ofOne);
    two.rebinds(ofOne, address);
    passBoth(5L * L);
    one.boots(ofOne);
    two.takes(ofOne, address, "10.0.0.1");

    assertThat(lentSeconds(two.rebinds(ofOne, address))).isEqualTo(L);
  }

  @Test
  void aBoxThatComesBackLeavesWhatTheOtherProlongs() {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      addresses.add(takeover(one, i));
    }
    passBoth(L + 1); // box one was dead, all its leases have ended as far as it knows
    assertThat(addresses).containsExactly("10.0.0.100", "10.0.0.101", "10.0.0.102", "10.0.0.103");

    one.hears(discover(TestBox.mac(99)));
    assertThat(one.hears(discover(TestBox.mac(99))).isSilent()).isTrue();
    passBoth(4L * L);
    one.hears(discover(TestBox.mac(99)));
    assertThat(one.hears(discover(TestBox.mac(99))).reply().yourAddress()).isEqualTo("10.0.0.100");
  }

  @Test
  void aReservedMachineHasOneAddressFromBoth() {
    Reservation reserved =
        Reservation.of(MacAddress.parse(ofOne).orElseThrow(), Ipv4Address.of("10.0.0.9"));
    TestBox first = new TestBox("10.0.0.1", POOL, 1, 2, reserved);
    TestBox second = new TestBox("10.0.0.2", POOL, 2, 2, reserved);

    assertThat(first.boots(ofOne)).isEqualTo("10.0.0.9");
    assertThat(second.renews(ofOne, "10.0.0.9").isAck()).isTrue();
  }

  /**
   * Machines that follow RFC 2131 boot, renew, rebind, reboot and go away, while datagrams are lost
   * and boxes are dead for long: no two of them ever have one address at a time.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noAddressIsEverInTwoHands(long seed) {
    Random random = new Random(seed);
    double loss = random.nextInt(4) / 5.0;
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      machines.add(new Machine(TestBox.mac(i)));
    }
    boolean[] dead = new boolean[2];
    int acks = 0;
    for (int step = 0; step < 6000; step++) {
      if (random.nextInt(200) == 0) {
        dead[random.nextInt(2)] ^= true;
      }
      Machine machine = machines.get(random.nextInt(machines.size()));
      acks += machine.act(random, loss, dead) ? 1 : 0;
      assertOneHolderEach(machines);
      long pause = random.nextInt(L / 20);
      passBoth(pause);
      machines.forEach(it -> it.now += pause);
    }
    assertThat(acks).isGreaterThan(100);
  }

  private static void assertOneHolderEach(List<Machine> machines) {
    Map<String, String> holders = new HashMap<>();
    for (Machine machine : machines) {
      if (machine.hasLease()) {
        String other = holders.put(machine.address, machine.mac);
        assertThat(other).as("%s is also %s's", machine.address, machine.mac).isNull();
      }
    }
  }

  /** A machine by the book: it uses an address until the end of its lease, and not longer. */
  private final class Machine {
    private final String mac;
    private String address = "";
    private String server = "";
    private long expires;
    private long now;

    Machine(String mac) {
      this.mac = mac;
    }

    boolean hasLease() {
      return !address.isEmpty() && now < expires;
    }

    /** One exchange; whether it ended with an ACK. */
    boolean act(Random random, double loss, boolean[] dead) {
      if (!hasLease()) {
        address = "";
        return boot(random, loss, dead);
      }
      return switch (random.nextInt(4)) {
        case 0 ->
            ask(RequestBuilder.request(mac).machineAddress(address), server, random, loss, dead);
        case 1 -> ask(RequestBuilder.request(mac).machineAddress(address), "", random, loss, dead);
        case 2 -> ask(RequestBuilder.request(mac).address(50, address), "", random, loss, dead);
        default -> false;
      };
    }

    private boolean boot(Random random, double loss, boolean[] dead) {
      for (TestBox box : hearing("", random, loss, dead)) {
        TestBox.Outcome offer = box.hears(discover(mac));
        if (!offer.isSilent() && random.nextDouble() >= loss) {
          RequestBuilder request =
              RequestBuilder.request(mac)
                  .address(50, offer.reply().yourAddress())
                  .address(54, box.address.toString());
          return ask(request, "", random, loss, dead);
        }
      }
      return false;
    }

    private boolean ask(
        RequestBuilder request, String alone, Random random, double loss, boolean[] dead) {
      boolean answered = false;
      for (TestBox box : hearing(alone, random, loss, dead)) {
        TestBox.Outcome outcome = box.hears(request.bytes(), !alone.isEmpty());
        if (!answered && outcome.isAck() && random.nextDouble() >= loss) {
          address = outcome.reply().yourAddress();
          server = box.address.toString();
          expires = now + outcome.reply().seconds(51);
          answered = true;
        } else if (!answered && outcome.isNak() && random.nextDouble() >= loss) {
          address = "";
          answered = true;
        }
      }
      return answered && !address.isEmpty();
    }

    private List<TestBox> hearing(String alone, Random random, double loss, boolean[] dead) {
      List<TestBox> hearing = new ArrayList<>();
      for (TestBox box : List.of(one, two)) {
        boolean meant = alone.isEmpty() || alone.equals(box.address.toString());
        if (meant && !dead[box == one ? 0 : 1] && random.nextDouble() >= loss) {
          hearing.add(box);
        }
      }
      return hearing;
    }
  }

  private static String takeover(TestBox box, int number) {
    box.hears(discover(TestBox.mac(number)));
    return box.boots(TestBox.mac(number));
  }

  private static long lentSeconds(TestBox.Outcome outcome) {
    assertThat(outcome.answer())
        .isInstanceOfSatisfying(
            Answer.Grant.class,
            grant -> assertThat(grant.lease().kind()).isEqualTo(Lease.Kind.LENT));
    return outcome.reply().seconds(51);
  }

  private void passBoth(long seconds) {
    one.pass(seconds);
    two.pass(seconds);
  }

  private static String machineOf(int box) {
    for (int i = 0; ; i++) {
      String mac = TestBox.mac(i);
      if (BoxShare.boxOf(new Client(MacAddress.parse(mac).orElseThrow(), null), 2) == box) {
        return mac;
      }
    }
  }
}
