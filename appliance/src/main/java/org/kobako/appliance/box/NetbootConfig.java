package org.kobako.appliance.box;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.Optional;
import org.kobako.appliance.room.RoomConfig;
import org.kobako.boot.plan.BootRules;
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
    DhcpSettings dhcp,
    Tftp tftp,
    RoomConfig room) {

  /** Whether a box boots machines. */
  public enum Wanted {
    /** A box that cannot does not start. */
    YES,
    /** A box that cannot says why, and serves its store. */
    IF_POSSIBLE,
    NO
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

  public static final NetbootConfig DEFAULTS = defaults(Wanted.IF_POSSIBLE);
  public static final NetbootConfig OFF = defaults(Wanted.NO);

  private static NetbootConfig defaults(Wanted wanted) {
    return new NetbootConfig(
        wanted,
        Optional.empty(),
        Optional.empty(),
        BootRules.NONE,
        DhcpSettings.DEFAULTS,
        Tftp.DEFAULTS,
        RoomConfig.DEFAULTS);
  }
}
