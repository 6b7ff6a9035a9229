package org.kobako.appliance.box;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.MacAddress;
import org.kobako.tftp.TftpConfig;

/**
 * What a box does for machines without a disk.
 *
 * @param wanted whether it must, may or must not
 * @param interfaceName of the network where it does; empty where there is only one
 * @param bootFiles the folder of kernels and loaders; empty for {@code boot} in the store
 * @param rules what is booted
 */
public record NetbootConfig(
    Wanted wanted,
    Optional<String> interfaceName,
    Optional<Path> bootFiles,
    BootRules rules,
    Dhcp dhcp,
    Tftp tftp) {

  /** Whether a box boots machines. */
  public enum Wanted {
    /** A box that cannot does not start. */
    YES,
    /** A box that cannot says why, and serves its store. */
    IF_POSSIBLE,
    NO
  }

  /** How a box hands out addresses. */
  public enum DhcpMode {
    /** SERVER on a network that has no other, PROXY beside one. */
    AUTO,
    /** Addresses and boot files. */
    SERVER,
    /** Boot files alone, beside another's server. */
    PROXY,
    /** Neither: another's server names this box. */
    OFF
  }

  /** Addresses from one to another, both included. */
  public record Pool(Inet4Address first, Inet4Address last) {}

  /** An address that only one machine gets, and the host name that it is told. */
  public record Reservation(MacAddress mac, Inet4Address address, Optional<String> name) {}

  /**
   * Addresses and what comes with them.
   *
   * @param pool empty for the upper half of the network
   * @param lease how long an address is given for
   * @param gateway the router that machines are told; empty for none
   * @param dns resolvers that machines are told, in their order
   * @param domain that machines are told
   * @param box the ordinal of this box among those on the network, from 1
   * @param boxes how many share the network
   */
  public record Dhcp(
      DhcpMode mode,
      Optional<Pool> pool,
      Duration lease,
      Optional<Inet4Address> gateway,
      List<Inet4Address> dns,
      Optional<String> domain,
      int box,
      int boxes,
      List<Reservation> reservations) {
    public static final Duration DEFAULT_LEASE = Duration.ofHours(1);
    public static final Dhcp DEFAULTS =
        new Dhcp(
            DhcpMode.AUTO,
            Optional.empty(),
            DEFAULT_LEASE,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            1,
            1,
            List.of());

    public Dhcp {
      dns = List.copyOf(dns);
      reservations = List.copyOf(reservations);
      if (box > boxes) {
        throw new IllegalArgumentException(
            "box %d of %d is refused: write 1 to %2$d".formatted(box, boxes));
      }
    }
  }

  /** TFTP's bounds; empty for the server's own. */
  public record Tftp(
      Optional<Integer> maxTransfers,
      Optional<Integer> firstTransferPort,
      Optional<Integer> maxPacketBytes,
      Optional<Integer> maxWindowPackets) {
    public static final Tftp DEFAULTS =
        new Tftp(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** For one of the box's addresses. */
    TftpConfig on(Inet4Address address) {
      TftpConfig defaults = TftpConfig.defaults();
      int transfers = maxTransfers.orElse(defaults.maxTransfers());
      return new TftpConfig(
          address,
          defaults.port(),
          firstTransferPort.orElse(defaults.firstTransferPort()),
          transfers,
          Math.min(transfers, defaults.maxTransfersPerMachine()),
          maxPacketBytes.orElse(defaults.maxPacketBytes()),
          maxWindowPackets.orElse(defaults.maxWindowPackets()),
          defaults.retransmitAfter(),
          defaults.giveUpAfter());
    }
  }

  public static final NetbootConfig DEFAULTS =
      new NetbootConfig(
          Wanted.IF_POSSIBLE,
          Optional.empty(),
          Optional.empty(),
          BootRules.NONE,
          Dhcp.DEFAULTS,
          Tftp.DEFAULTS);
  public static final NetbootConfig OFF =
      new NetbootConfig(
          Wanted.NO,
          Optional.empty(),
          Optional.empty(),
          BootRules.NONE,
          Dhcp.DEFAULTS,
          Tftp.DEFAULTS);
}
