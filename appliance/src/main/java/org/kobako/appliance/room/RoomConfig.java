package org.kobako.appliance.room;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.kobako.dns.DnsConfig;
import org.kobako.dns.balance.Backend;
import org.kobako.dns.balance.MachineRange;
import org.kobako.dns.balance.Policy;
import org.kobako.heartbeat.HeartbeatConfig;

/**
 * How a box shares a room with others.
 *
 * @param key that all of them have; empty for a box that is alone
 * @param peers the others' addresses, where no multicast reaches them
 * @param port of the heartbeat
 * @param priority how much it carries beside others, 1-{@link Backend#MAX_PRIORITY}
 * @param isDraining whether machines are to leave it
 * @param machines the only ones that it serves; none means all
 * @param policy when a disk may move to another box
 */
public record RoomConfig(
    Optional<RoomKey> key,
    List<InetAddress> peers,
    int port,
    int priority,
    boolean isDraining,
    List<MachineRange> machines,
    Policy policy,
    Dns dns) {

  /**
   * The room's DNS on this box.
   *
   * @param wanted whether it must, may or must not run
   * @param zone the room's own names
   * @param port of UDP and TCP
   * @param resolvers that are asked for all other names; none means those that the box itself has
   */
  public record Dns(Wanted wanted, String zone, int port, List<InetSocketAddress> resolvers) {
    public static final int MAX_RESOLVERS = 8;

    /** Whether a box runs it. */
    public enum Wanted {
      /** A box that cannot boots no machines. */
      YES,
      /** A box that cannot says why, and goes on without. */
      IF_POSSIBLE,
      NO
    }

    public static final Dns DEFAULTS =
        new Dns(Wanted.IF_POSSIBLE, DnsConfig.USUAL_ZONE, DnsConfig.USUAL_PORT, List.of());

    public Dns {
      resolvers = List.copyOf(resolvers);
    }
  }

  /** Alone, with a DNS where that is possible. */
  public static final RoomConfig DEFAULTS =
      new RoomConfig(
          Optional.empty(),
          List.of(),
          HeartbeatConfig.USUAL_PORT,
          Backend.USUAL_PRIORITY,
          false,
          List.of(),
          Policy.AT_BOOT,
          Dns.DEFAULTS);

  public RoomConfig {
    peers = List.copyOf(peers);
    machines = List.copyOf(machines);
  }
}
