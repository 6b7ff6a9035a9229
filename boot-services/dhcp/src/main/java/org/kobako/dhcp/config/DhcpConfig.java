package org.kobako.dhcp.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kobako.dhcp.address.Subnet;

/**
 * What a DHCP server is told, concluded when it is made.
 *
 * @param mode {@code mode}, what part it plays
 * @param interfaces {@code interfaces}, names of those that machines boot from; none for all that
 *     are up and have an IPv4 address, except the loopback
 * @param subnets {@code subnets}, those of the interfaces and those behind relay agents; an
 *     interface whose subnet is not among them gets {@link SubnetConfig#defaultsFor}
 * @param leaseTime {@code lease-time}, how long a machine may keep an address without asking again,
 *     2 minutes to 30 days; the same on all boxes of one network
 * @param leaseFile where leases are remembered; its directory must be there at the start
 * @param box {@code box}, which one of the boxes on one network this is, 1 to {@code boxes}
 * @param boxes {@code boxes}, how many there are, 1-8; each has a part of every pool, in this order
 * @param takeoverTime {@code takeover-time}, how long a machine must have asked for another box to
 *     answer it in its place, 1-60 s
 */
public record DhcpConfig(
    DhcpMode mode,
    List<String> interfaces,
    List<SubnetConfig> subnets,
    Duration leaseTime,
    Path leaseFile,
    int box,
    int boxes,
    Duration takeoverTime) {
  public static final Duration MIN_LEASE_TIME = Duration.ofMinutes(2);
  public static final Duration MAX_LEASE_TIME = Duration.ofDays(30);
  public static final Duration DEFAULT_LEASE_TIME = Duration.ofHours(1);
  public static final Duration MIN_TAKEOVER_TIME = Duration.ofSeconds(1);
  public static final Duration MAX_TAKEOVER_TIME = Duration.ofSeconds(60);

  /** Above what iPXE claims in its first packet, which is 4. */
  public static final Duration DEFAULT_TAKEOVER_TIME = Duration.ofSeconds(8);

  public static final int MAX_BOXES = 8;
  static final int MAX_SUBNETS = 64;

  public DhcpConfig {
    interfaces = List.copyOf(interfaces);
    subnets = List.copyOf(subnets);
    validate("lease-time", leaseTime, MIN_LEASE_TIME, MAX_LEASE_TIME);
    validate("takeover-time", takeoverTime, MIN_TAKEOVER_TIME, MAX_TAKEOVER_TIME);
    if (boxes < 1 || boxes > MAX_BOXES) {
      throw new IllegalArgumentException(
          "boxes %d is refused: allowed are 1-%d".formatted(boxes, MAX_BOXES));
    }
    if (box < 1 || box > boxes) {
      throw new IllegalArgumentException(
          "box %d is refused: allowed are 1-%d, as boxes says".formatted(box, boxes));
    }
    validateSubnets(subnets, boxes);
  }

  /** The defaults, for one box. */
  public static DhcpConfig of(Path leaseFile) {
    return new DhcpConfig(
        DhcpMode.AUTO,
        List.of(),
        List.of(),
        DEFAULT_LEASE_TIME,
        leaseFile,
        1,
        1,
        DEFAULT_TAKEOVER_TIME);
  }

  private static void validate(String option, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s %d s is refused: allowed are %d-%d s"
              .formatted(option, value.toSeconds(), least.toSeconds(), most.toSeconds()));
    }
  }

  private static void validateSubnets(List<SubnetConfig> subnets, int boxes) {
    if (subnets.size() > MAX_SUBNETS) {
      throw new IllegalArgumentException(
          "subnets are refused: %d, and %d is the most".formatted(subnets.size(), MAX_SUBNETS));
    }
    List<Subnet> known = new ArrayList<>();
    for (SubnetConfig config : subnets) {
      Subnet subnet = config.subnet();
      for (Subnet other : known) {
        if (other.contains(subnet.network()) || subnet.contains(other.network())) {
          throw new IllegalArgumentException(
              "subnet %s is refused: it overlaps subnet %s".formatted(subnet, other));
        }
      }
      known.add(subnet);
      config.pool().part(1, boxes); // throws if there are too few addresses
    }
  }
}
