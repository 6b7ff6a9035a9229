package org.kobako.dhcp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.dhcp.RequestBuilder.decline;
import static org.kobako.dhcp.RequestBuilder.discover;
import static org.kobako.dhcp.RequestBuilder.inform;
import static org.kobako.dhcp.RequestBuilder.release;
import static org.kobako.dhcp.RequestBuilder.request;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.ReplyView;
import org.kobako.dhcp.RequestBuilder;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.lease.Lease;

class LeaseServiceTest {
  private static final String A = "52:54:00:00:00:0a";
  private static final String B = "52:54:00:00:00:0b";
  private static final String POOL = "10.0.0.100-10.0.0.103";

  private final TestBox box = new TestBox(POOL);

  @Test
  void aMachineGetsAnAddressWithAllThatGoesWithIt() {
    ReplyView offer = box.hears(discover(A)).reply();

    assertThat(offer.type()).isEqualTo(2);
    assertThat(offer.yourAddress()).isEqualTo("10.0.0.100");
    assertThat(offer.address(54)).isEqualTo(TestBox.ADDRESS);
    assertThat(offer.address(1)).isEqualTo("255.255.255.0");
    assertThat(offer.address(3)).isEqualTo("10.0.0.254");
    assertThat(offer.address(6)).isEqualTo("10.0.0.253");
    assertThat(offer.text(15)).isEqualTo("kobako.test");
    assertThat(offer.address(28)).isEqualTo("10.0.0.255");
    assertThat(offer.seconds(51)).isEqualTo(3600);
    assertThat(offer.seconds(58)).isEqualTo(1800);
    assertThat(offer.seconds(59)).isEqualTo(3150);
    assertThat(box.takes(A, "10.0.0.100").isAck()).isTrue();
  }

  @Test
  void aMachineKeepsItsAddressFromBootToBoot() {
    String first = box.boots(A);
    box.boots(B);
    box.pass(10L * TestBox.LEASE_SECONDS);

    assertThat(box.boots(A)).isEqualTo(first);
  }

  @Test
  void firmwareAndSystemOfOneMachineHaveOneAddress() {
    String atPowerOn = box.boots(A); // UEFI: no client identifier
    byte[] likeIpxe = {1, 0x52, 0x54, 0, 0, 0, 0x0a};
    byte[] likeSystemd = {-1, 0, 0, 0, 1, 0, 2, 0, 0, 1, 2};

    ReplyView toIpxe = box.hears(discover(A).option(61, likeIpxe)).reply();
    assertThat(toIpxe.yourAddress()).isEqualTo(atPowerOn);
    ReplyView toSystemd = box.hears(discover(A).option(61, likeSystemd)).reply();
    assertThat(toSystemd.yourAddress()).isEqualTo(atPowerOn);
    box.hears(
        request(A).option(61, likeSystemd).address(50, atPowerOn).address(54, TestBox.ADDRESS));
    assertThat(box.boots(A)).isEqualTo(atPowerOn);
  }

  @Test
  void twoSystemsBehindOneMacHaveTwoAddresses() {
    ReplyView one = box.hears(discover(A).option(61, "0one")).reply();
    box.hears(
        request(A).option(61, "0one").address(50, one.yourAddress()).address(54, TestBox.ADDRESS));

    ReplyView two = box.hears(discover(A).option(61, "0two")).reply();

    assertThat(two.yourAddress()).isNotEqualTo(one.yourAddress());
  }

  @Test
  void aWishForAFreeAddressIsGranted() {
    assertThat(box.hears(discover(A).address(50, "10.0.0.102")).reply().yourAddress())
        .isEqualTo("10.0.0.102");
  }

  @Test
  void aWishForSomebodyElsesAddressIsNot() {
    String taken = box.boots(A);

    assertThat(box.hears(discover(B).address(50, taken)).reply().yourAddress()).isNotEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "10.0.0.0", "10.0.0.255", "10.0.0.50", "192.168.1.1"})
  void aWishForAnAddressThatIsNotInThePoolIsIgnored(String wished) {
    assertThat(box.hears(discover(A).address(50, wished)).reply().yourAddress())
        .isEqualTo("10.0.0.100");
  }

  @Test
  void theSameOfferIsMadeAgain() {
    String offered = box.hears(discover(A)).reply().yourAddress();
    box.hears(discover(B));

    assertThat(box.hears(discover(A)).reply().yourAddress()).isEqualTo(offered);
  }

  @Test
  void serversInThePoolAreNotGivenOut() {
    TestBox small = new TestBox("10.0.0.252-10.0.0.254"); // 253 and 254: DNS server and router

    assertThat(small.boots(A)).isEqualTo("10.0.0.252");
    assertThat(small.hears(discover(B)).isSilent()).isTrue();
  }

  @Test
  void anExhaustedPoolGoesSilentUntilALeaseEnds() {
    for (int i = 0; i < 4; i++) {
      box.boots(TestBox.mac(i));
      box.pass(1);
    }
    assertThat(box.hears(discover(A)).isSilent()).isTrue();

    box.pass(TestBox.LEASE_SECONDS);

    assertThat(box.boots(A)).isEqualTo("10.0.0.100"); // expired for longest
  }

  @Test
  void whenAllIsOfferedTheOldestOfferGoesToTheNext() {
    for (int i = 0; i < 4; i++) {
      box.hears(discover(TestBox.mac(i)));
    }

    assertThat(box.hears(discover(A)).reply().yourAddress()).isEqualTo("10.0.0.100");
    assertThat(box.takes(A, "10.0.0.100").isAck()).isTrue();
    assertThat(box.takes(TestBox.mac(0), "10.0.0.100").isNak()).isTrue();
  }

  @Test
  void aFloodOfDiscoversTakesNothingFromKnownMachines() {
    String known = box.boots(A);
    box.pass(TestBox.LEASE_SECONDS + 1);
    for (int i = 0; i < 10_000; i++) {
      box.hears(discover(TestBox.mac(i)));
    }

    assertThat(box.boots(A)).isEqualTo(known);
    assertThat(box.service().offerCount()).isLessThanOrEqualTo(4);
    assertThat(box.leases()).hasSize(1);
  }

  @Test
  void aFloodDoesNotEndARunningMachinesLease() {
    String address = box.boots(A);
    for (int i = 0; i < 10_000; i++) {
      box.hears(discover(TestBox.mac(i)));
    }

    assertThat(box.renews(A, address).isAck()).isTrue();
  }

  @Test
  void anOfferThatAFloodTookIsGoodForWhoeverAsksFirst() {
    String offered = box.hears(discover(A)).reply().yourAddress();
    for (int i = 0; i < 10_000; i++) {
      box.hears(discover(TestBox.mac(i)));
    }

    assertThat(box.takes(A, offered).isAck()).isTrue();
  }

  @Test
  void aReservedMachineHasItsAddressInsideAndOutsideThePool() {
    TestBox reserving = new TestBox(POOL, reserve(A, "10.0.0.7"), reserve(B, "10.0.0.100"));

    assertThat(reserving.boots(A)).isEqualTo("10.0.0.7");
    assertThat(reserving.boots(TestBox.mac(1))).isEqualTo("10.0.0.101");
    assertThat(reserving.boots(B)).isEqualTo("10.0.0.100");
    assertThat(reserving.reboots(A, "10.0.0.7").isAck()).isTrue();
    assertThat(reserving.renews(A, "10.0.0.7").isAck()).isTrue();
    assertThat(reserving.takes(TestBox.mac(2), "10.0.0.7").isNak()).isTrue();
    assertThat(reserving.renews(TestBox.mac(2), "10.0.0.7").isNak()).isTrue();
  }

  @Test
  void aMachineThatIsReservedAnotherAddressMustLetGo() {
    TestBox before = new TestBox(POOL);
    String pooled = before.boots(A);
    TestBox after = new TestBox(POOL, reserve(A, "10.0.0.7"));
    before.leases().forEach(after.service()::restore);

    assertThat(after.renews(A, pooled).isNak()).isTrue();
    assertThat(after.boots(A)).isEqualTo("10.0.0.7");
  }

  @Test
  void aReservedMachineIsToldItsName() {
    TestBox reserving =
        new TestBox(
            POOL,
            new Reservation(
                MacAddress.parse(A).orElseThrow(),
                Ipv4Address.of("10.0.0.7"),
                Optional.of("desk-7")));

    assertThat(reserving.hears(discover(A)).reply().text(12)).isEqualTo("desk-7");
  }

  @Test
  void rebootedWithItsOwnAddressAMachineGoesOn() {
    String address = box.boots(A);

    assertThat(box.reboots(A, address).isAck()).isTrue();
  }

  @Test
  void rebootedWithAnotherAddressThanItsOwnAMachineIsRefused() {
    box.boots(A);

    assertThat(box.reboots(A, "10.0.0.103").isNak()).isTrue();
    assertThat(box.reboots(A, "192.168.7.7").isNak()).isTrue();
  }

  @Test
  void ofAMachineNeverSeenNothingIsSaid() {
    assertThat(box.reboots(A, "10.0.0.103").isSilent()).isTrue();
  }

  @Test
  void aRenewalProlongsTheLease() {
    String address = box.boots(A);
    box.pass(TestBox.LEASE_SECONDS / 2);

    TestBox.Outcome renewed = box.renews(A, address);

    assertThat(renewed.isAck()).isTrue();
    assertThat(renewed.destination()).isEqualTo(new Destination(Ipv4Address.of(address), 68));
    assertThat(renewed.reply().seconds(51)).isEqualTo(3600);
    box.pass(TestBox.LEASE_SECONDS - 1);
    for (int i = 0; i < 3; i++) {
      assertThat(box.boots(TestBox.mac(i))).isNotEqualTo(address);
    }
    assertThat(box.hears(discover(B)).isSilent()).isTrue();
  }

  @Test
  void aMachineThatRebindsIsAnsweredEvenIfItsLeaseWasForgotten() {
    assertThat(box.rebinds(A, "10.0.0.101").isAck()).isTrue();
  }

  @Test
  void aMachineWithSomebodyElsesAddressIsRefused() {
    String address = box.boots(A);

    assertThat(box.renews(B, address).isNak()).isTrue();
    assertThat(box.rebinds(B, address).isNak()).isTrue();
    assertThat(box.takes(B, address).isNak()).isTrue();
    assertThat(box.rebinds(B, "172.16.0.9").isNak()).isTrue();
  }

  @Test
  void aRefusalGoesToEverybodyAndSaysNoAddress() {
    TestBox.Outcome nak = box.rebinds(B, "172.16.0.9");

    assertThat(nak.destination()).isEqualTo(Destination.BROADCAST);
    assertThat(nak.reply().yourAddress()).isEqualTo("0.0.0.0");
    assertThat(nak.reply().options().keySet()).containsExactly(53, 54, 56);
  }

  @Test
  void aMachineThatTakesAnotherServersOfferIsLeftAlone() {
    box.hears(discover(A));

    assertThat(box.takes(A, "10.0.0.200", "10.0.0.2").isSilent()).isTrue();
    assertThat(box.service().offerCount()).isZero();
  }

  @Test
  void aReleasedAddressIsFreeAndRememberedForItsMachine() {
    String address = box.boots(A);
    box.hearsAlone(release(A).machineAddress(address).address(54, TestBox.ADDRESS));

    assertThat(box.hears(discover(B).address(50, address)).reply().yourAddress())
        .isEqualTo(address);
    assertThat(box.boots(A)).isEqualTo(address);
  }

  @Test
  void onlyTheHolderReleasesAndDeclines() {
    String address = box.boots(A);
    box.hearsAlone(release(B).machineAddress(address).address(54, TestBox.ADDRESS));
    box.hears(decline(B).address(50, address).address(54, TestBox.ADDRESS));

    assertThat(box.renews(A, address).isAck()).isTrue();
  }

  @Test
  void aDeclinedAddressIsNotGivenOutForAWhile() {
    String address = box.boots(A);
    box.hears(decline(A).address(50, address).address(54, TestBox.ADDRESS));

    assertThat(box.boots(A)).isNotEqualTo(address);
    assertThat(box.takes(B, address).isNak()).isTrue();
    box.pass(LeaseService.DECLINED_SECONDS);
    assertThat(box.takes(B, address).isAck()).isTrue();
  }

  @Test
  void aMachineThatHasAnAddressIsInformed() {
    TestBox.Outcome informed = box.hearsAlone(inform(A).machineAddress("10.0.0.77"));

    assertThat(informed.destination()).isEqualTo(new Destination(Ipv4Address.of("10.0.0.77"), 68));
    assertThat(informed.reply().type()).isEqualTo(5);
    assertThat(informed.reply().yourAddress()).isEqualTo("0.0.0.0");
    assertThat(informed.reply().options()).doesNotContainKeys(51, 58, 59).containsKeys(1, 3, 6);
  }

  @Test
  void behindARelayAgentThePoolIsItsSubnets() {
    TestBox.Outcome offer = box.hears(discover(A).relay("10.9.0.1").option(82, "port-7"));

    assertThat(offer.reply().yourAddress()).isEqualTo("10.9.0.100");
    assertThat(offer.reply().text(82)).isEqualTo("port-7");
    assertThat(offer.destination()).isEqualTo(new Destination(Ipv4Address.of("10.9.0.1"), 67));
    assertThat(box.hears(discover(A).relay("10.8.0.1")).isSilent()).isTrue();
  }

  @Test
  void whereNoResolversAreConfiguredThoseOfTheMomentAreTold() {
    assertThat(box.hears(discover(A).relay("10.9.0.1")).reply().options()).doesNotContainKey(6);

    box.resolvers = List.of(Ipv4Address.of("192.168.1.1"));

    assertThat(box.hears(discover(A).relay("10.9.0.1")).reply().address(6))
        .isEqualTo("192.168.1.1");
    assertThat(box.hears(discover(A)).reply().address(6)).isEqualTo("10.0.0.253");
  }

  @Test
  void aMachineBehindARelayAgentRenewsDirectly() {
    String address = box.hears(discover(A).relay("10.9.0.1")).reply().yourAddress();
    box.hears(request(A).relay("10.9.0.1").address(50, address).address(54, TestBox.ADDRESS));

    assertThat(box.renews(A, address).isAck()).isTrue();
  }

  @Test
  void aRefusalThroughARelayAgentIsBroadcastThere() {
    TestBox.Outcome nak = box.hears(request(A).relay("10.9.0.1").address(50, "10.0.0.100"));

    assertThat(nak.isNak()).isTrue();
    assertThat(nak.destination()).isEqualTo(new Destination(Ipv4Address.of("10.9.0.1"), 67));
    assertThat(nak.reply().bytes().getShort(10) & 0x8000).isEqualTo(0x8000);
  }

  @Test
  void probedAddressesAreOfferedFirstAndUsedOnesNot() {
    box.service().probedSilent(Ipv4Address.of("10.0.0.102"));
    box.service().probedInUse(Ipv4Address.of("10.0.0.100"), MacAddress.parse(B).orElseThrow());

    assertThat(box.boots(A)).isEqualTo("10.0.0.102");
    assertThat(box.boots(B)).isEqualTo("10.0.0.101");
  }

  @Test
  void aLeaseThatDidNotGetToTheDiskIsTakenBack() {
    String offered = box.hears(discover(A)).reply().yourAddress();
    Answer.Grant grant = (Answer.Grant) box.takes(A, offered).answer();

    assertThat(box.service().undo(List.of(grant))).isEmpty();
    assertThat(box.leases()).isEmpty();
  }

  @Test
  void withAFullDiskAMachineKeepsItsLeaseForTheTimeThatIsOnTheDisk() {
    String address = box.boots(A);
    box.pass(1000);
    List<Answer.Grant> failed = new ArrayList<>();
    failed.add((Answer.Grant) box.renews(A, address).answer());
    failed.add((Answer.Grant) box.renews(A, address).answer());

    List<Answer.Grant> left = box.service().undo(failed);

    assertThat(left).hasSize(2);
    for (Answer.Grant grant : left) {
      ReplyView ack = ReplyView.of(grant.ack().bytes());
      assertThat(ack.seconds(51)).isEqualTo(2600);
      assertThat(ack.seconds(58)).isEqualTo(1300);
    }
    assertThat(box.leases())
        .extracting(Lease::expires)
        .containsExactly(failed.getFirst().lease().expires() - 1000);
  }

  @Test
  void boxesAreGivenNoAddressButToldThatSomebodyGivesSome() {
    assertThat(box.hears(discover(A).option(60, LeaseService.BOX_CLASS)).isSilent()).isTrue();
    assertThat(box.hears(discover(A).option(60, LeaseService.SEARCH_CLASS)).isSilent()).isFalse();
  }

  @Test
  void noTwoMachinesEverHoldOneAddress() {
    Random random = new Random(7);
    Map<String, String> holder = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String mac = TestBox.mac(random.nextInt(8));
      String address = "10.0.0." + (99 + random.nextInt(6));
      TestBox.Outcome outcome =
          switch (random.nextInt(6)) {
            case 0 -> box.hears(discover(mac));
            case 1 -> box.takes(mac, address);
            case 2 -> box.renews(mac, address);
            case 3 -> box.reboots(mac, address);
            case 4 -> box.hearsAlone(release(mac).machineAddress(address));
            default -> box.hears(decline(mac).address(50, address));
          };
      if (outcome.isAck()) {
        holder.put(outcome.reply().yourAddress(), mac);
      }
      long now = box.service().leases().stream().mapToLong(Lease::since).max().orElse(0);
      Set<String> held = new HashSet<>();
      for (Lease lease : box.leases()) {
        if (lease.kind() == Lease.Kind.BOUND && !lease.isExpired(now)) {
          assertThat(held.add(lease.address().toString())).isTrue();
          assertThat(lease.client().mac()).hasToString(holder.get(lease.address().toString()));
        }
      }
      box.pass(random.nextInt(60));
    }
  }

  private static Reservation reserve(String mac, String address) {
    return Reservation.of(MacAddress.parse(mac).orElseThrow(), Ipv4Address.of(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ipxe-bios",
        "ipxe-efi",
        "ovmf-pxe",
        "ovmf-http",
        "aavmf-pxe",
        "aavmf-http",
        "uboot-armv7",
        "uboot-armv8",
        "udhcpc"
      })
  void realFirmwareIsOfferedAnAddress(String capture) {
    TestBox.Outcome offer = box.hears(RequestBuilder.captured(capture + "-discover"), false);

    assertThat(offer.reply().type()).isEqualTo(2);
    assertThat(offer.reply().yourAddress()).isEqualTo("10.0.0.100");
    assertThat(offer.destination()).isEqualTo(Destination.BROADCAST);
    assertThat(box.seen).hasSize(1);
  }
}
