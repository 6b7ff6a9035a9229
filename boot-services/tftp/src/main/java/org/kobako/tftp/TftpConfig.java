package org.kobako.tftp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a TFTP server is told, concluded when it is made. The options' names stand in the order of
 * the components: {@code listen-address}, {@code port}, {@code first-transfer-port}, {@code
 * max-transfers}, {@code max-transfers-per-machine}, {@code max-packet-size}, {@code max-window},
 * {@code retransmit-after}, {@code give-up-after}.
 *
 * @param listenAddress where requests come in and transfers go out; the wildcard for everywhere
 * @param port for requests; 0 for one that the kernel chooses
 * @param firstTransferPort transfers use this and the next {@code maxTransfers - 1} ports; 0 for
 *     ports that the kernel chooses
 * @param maxTransfers that run at one time, 1 to 1024; each has a socket from the start
 * @param maxTransfersPerMachine of them, for one address
 * @param maxPacketBytes the largest packet size that is agreed to, 512 to 65464; the default fits
 *     an Ethernet frame, as some firmware cannot put fragments together
 * @param maxWindowPackets the largest window that is agreed to, 1 to 1024
 * @param retransmitAfter no ACK for so long sends again, then after twice as long, and so on; 100
 *     ms to 30 s. A machine that asks for its own time gets that
 * @param giveUpAfter a transfer ends when no ACK moved it on for so long, 1 s to 255 s
 */
public record TftpConfig(
    InetAddress listenAddress,
    int port,
    int firstTransferPort,
    int maxTransfers,
    int maxTransfersPerMachine,
    int maxPacketBytes,
    int maxWindowPackets,
    Duration retransmitAfter,
    Duration giveUpAfter) {

  public static final int DEFAULT_PORT = 69;
  public static final int DEFAULT_MAX_TRANSFERS = 64;
  public static final int DEFAULT_MAX_TRANSFERS_PER_MACHINE = 8;

  /** An Ethernet frame of 1500 bytes without IP, UDP and TFTP headers: what edk2 and U-Boot ask. */
  public static final int DEFAULT_MAX_PACKET_BYTES = 1468;

  /** 94 KB on their way to one machine; more overruns the receive buffers of firmware. */
  public static final int DEFAULT_MAX_WINDOW_PACKETS = 64;

  public static final Duration DEFAULT_RETRANSMIT_AFTER = Duration.ofSeconds(1);
  public static final Duration DEFAULT_GIVE_UP_AFTER = Duration.ofSeconds(30);

  private static final int MAX_PORT = 65535;

  public TftpConfig {
    require("port", port, 0, MAX_PORT);
    require("max-transfers", maxTransfers, 1, 1024);
    require("first-transfer-port", firstTransferPort, 0, MAX_PORT - maxTransfers + 1);
    require("max-transfers-per-machine", maxTransfersPerMachine, 1, maxTransfers);
    require("max-packet-size", maxPacketBytes, Packet.DEFAULT_DATA_BYTES, Packet.MAX_DATA_BYTES);
    require("max-window", maxWindowPackets, 1, 1024);
    require("retransmit-after", retransmitAfter, Duration.ofMillis(100), Duration.ofSeconds(30));
    require("give-up-after", giveUpAfter, Duration.ofSeconds(1), Duration.ofSeconds(255));
    if (port != 0 && port >= firstTransferPort && port - firstTransferPort < maxTransfers) {
      throw new IllegalArgumentException(
          "first-transfer-port %d is refused: the %d ports from it on contain port %d, where requests come in"
              .formatted(firstTransferPort, maxTransfers, port));
    }
  }

  /** Port 69 of every address, and the defaults. */
  public static TftpConfig defaults() {
    return new TftpConfig(
        new InetSocketAddress(0).getAddress(),
        DEFAULT_PORT,
        0,
        DEFAULT_MAX_TRANSFERS,
        DEFAULT_MAX_TRANSFERS_PER_MACHINE,
        DEFAULT_MAX_PACKET_BYTES,
        DEFAULT_MAX_WINDOW_PACKETS,
        DEFAULT_RETRANSMIT_AFTER,
        DEFAULT_GIVE_UP_AFTER);
  }

  private static void require(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          option + " " + value + " is refused: allowed are " + min + " to " + max);
    }
  }

  private static void require(String option, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s %d ms is refused: allowed are %d to %d ms"
              .formatted(option, value.toMillis(), min.toMillis(), max.toMillis()));
    }
  }
}
