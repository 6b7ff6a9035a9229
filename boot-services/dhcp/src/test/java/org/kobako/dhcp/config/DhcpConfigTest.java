package org.kobako.dhcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

class DhcpConfigTest {
  private static final Subnet SUBNET = Subnet.of("10.0.0.0/24");
  private static final AddressRange POOL = AddressRange.of("10.0.0.100-10.0.0.199");

  @Test
  void aPoolThatDoesNotFitItsSubnetIsRefused() {
    assertRefused(
        () -> SubnetConfig.of(SUBNET, AddressRange.of("10.0.0.200-10.0.1.10")),
        "pool 10.0.0.200-10.0.1.10 is refused: it does not fit subnet 10.0.0.0/24, whose machines"
            + " have 10.0.0.1-10.0.0.254");
    assertRefused(
        () -> SubnetConfig.of(SUBNET, AddressRange.of("10.0.0.200-10.0.0.255")), "does not fit");
    assertRefused(
        () -> SubnetConfig.of(SUBNET, AddressRange.of("10.0.0.0-10.0.0.10")), "does not fit");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.9-10.0.0.1, ends before it begins",
    "10.0.0.0-10.255.0.0, 65536 is the most",
    "10.0.0.1, write the first address",
    "10.0.0.1-10.0.0.256, four numbers of 0-255",
  })
  void aPoolThatIsNoneIsRefused(String pool, String why) {
    assertRefused(() -> AddressRange.of(pool), why);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, / and a prefix length",
    "10.0.0.1/24, its network address is 10.0.0.0",
    "10.0.0.0/31, 1-30 is allowed",
    "10.0.0/24, four numbers of 0-255",
  })
  void aSubnetThatIsNoneIsRefused(String subnet, String why) {
    assertRefused(() -> Subnet.of(subnet), why);
  }

  @Test
  void anUnknownModeIsRefused() {
    assertThat(DhcpMode.of("proxy")).isEqualTo(DhcpMode.PROXY);
    assertRefused(
        () -> DhcpMode.of("relay"),
        "dhcp mode 'relay' is refused: allowed are auto, server, proxy");
  }

  @Test
  void whatIsReservedTwiceIsRefused() {
    Reservation one = Reservation.of(new MacAddress(1), Ipv4Address.of("10.0.0.7"));

    assertRefused(
        () -> reserving(one, Reservation.of(new MacAddress(2), Ipv4Address.of("10.0.0.7"))),
        "10.0.0.7 is refused: it is reserved twice");
    assertRefused(
        () -> reserving(one, Reservation.of(new MacAddress(1), Ipv4Address.of("10.0.0.8"))),
        "another for the same machine");
    assertRefused(
        () -> reserving(Reservation.of(new MacAddress(1), Ipv4Address.of("10.0.1.7"))),
        "no machine's address in subnet 10.0.0.0/24");
  }

  @Test
  void tooMuchOfAnythingIsRefused() {
    List<Ipv4Address> nine = Collections.nCopies(9, Ipv4Address.of("10.0.0.1"));

    assertRefused(
        () ->
            new SubnetConfig(SUBNET, POOL, nine, List.of(), List.of(), Optional.empty(), List.of()),
        "routers is refused: 9 addresses, and 8 is the most");
  }

  @Test
  void namesThatAreNoneAreRefused() {
    assertRefused(
        () ->
            new SubnetConfig(
                SUBNET, POOL, List.of(), List.of(), List.of(), Optional.of("a b"), List.of()),
        "domain 'a b' is refused");
    assertRefused(
        () -> new Reservation(new MacAddress(1), Ipv4Address.of("10.0.0.7"), Optional.of("desk_7")),
        "host name 'desk_7' is refused");
  }

  @Test
  void subnetsThatOverlapAreRefused() {
    assertRefused(
        () ->
            config(
                1,
                1,
                Duration.ofHours(1),
                SubnetConfig.of(SUBNET, POOL),
                SubnetConfig.of(
                    Subnet.of("10.0.0.128/25"), AddressRange.of("10.0.0.130-10.0.0.140"))),
        "subnet 10.0.0.128/25 is refused: it overlaps subnet 10.0.0.0/24");
  }

  @Test
  void numbersOutOfRangeAreRefusedWithTheRange() {
    assertRefused(
        () -> config(1, 1, Duration.ofSeconds(119)),
        "lease-time 119 s is refused: allowed are 120-2592000 s");
    assertRefused(() -> config(3, 2, Duration.ofHours(1)), "box 3 is refused: allowed are 1-2");
    assertRefused(() -> config(1, 9, Duration.ofHours(1)), "boxes 9 is refused: allowed are 1-8");
  }

  @Test
  void aPoolThatTheBoxesCannotDivideIsRefused() {
    SubnetConfig tiny = SubnetConfig.of(SUBNET, AddressRange.of("10.0.0.100-10.0.0.101"));

    assertRefused(
        () -> config(1, 3, Duration.ofHours(1), tiny), "3 boxes cannot divide 2 addresses");
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.1.0/24, 192.168.1.128-192.168.1.254",
    "10.0.0.0/8, 10.255.251.255-10.255.255.254",
    "10.0.0.0/30, 10.0.0.2-10.0.0.2",
    "0.0.0.0/1, 127.255.251.255-127.255.255.254",
  })
  void aNetworkThatNobodyDescribedGetsItsUpperHalf(String subnet, String pool) {
    assertThat(SubnetConfig.defaultsFor(Subnet.of(subnet)).pool()).hasToString(pool);
  }

  @Test
  void thePartsOfAPoolHaveNothingInCommonAndLeaveNothingOut() {
    AddressRange pool = AddressRange.of("10.0.0.100-10.0.0.109");

    assertThat(List.of(pool.part(1, 3), pool.part(2, 3), pool.part(3, 3)))
        .hasToString("[10.0.0.100-10.0.0.102, 10.0.0.103-10.0.0.105, 10.0.0.106-10.0.0.109]");
  }

  private static SubnetConfig reserving(Reservation... reservations) {
    return new SubnetConfig(
        SUBNET, POOL, List.of(), List.of(), List.of(), Optional.empty(), List.of(reservations));
  }

  private static DhcpConfig config(
      int box, int boxes, Duration leaseTime, SubnetConfig... subnets) {
    return new DhcpConfig(
        DhcpMode.SERVER,
        List.of(),
        List.of(subnets),
        leaseTime,
        Path.of("leases"),
        box,
        boxes,
        DhcpConfig.DEFAULT_TAKEOVER_TIME);
  }

  private static void assertRefused(ThrowingCallable made, String why) {
    assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }
}
