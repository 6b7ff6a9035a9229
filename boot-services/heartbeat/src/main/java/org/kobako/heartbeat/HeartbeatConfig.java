package org.kobako.heartbeat;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;

/**
 * What a heartbeat server is told, concluded when it is made.
 *
 * @param key that all boxes of the room have, of {@link #KEY_BYTES}
 * @param listen where others' heartbeats come
 * @param networkInterface on which groups are joined
 * @param to whom heartbeats go: multicast groups, or boxes by their addresses
 * @param every how often; three times that is {@link Room#SILENCE}
 */
public record HeartbeatConfig(
    byte[] key,
    InetSocketAddress listen,
    NetworkInterface networkInterface,
    List<InetSocketAddress> to,
    Duration every) {
  public static final int KEY_BYTES = SipHash.KEY_BYTES;

  /** Nobody's by IANA. */
  public static final int USUAL_PORT = 7576;

  /** Of the organization's own scope (RFC 2365): no router lets it out. */
  public static final String USUAL_GROUP = "239.192.75.75";

  public HeartbeatConfig {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.length + " bytes is refused: it has " + KEY_BYTES);
    }
    if (to.size() > Room.MAX_BOXES) {
      throw new IllegalArgumentException(
          to.size() + " peers are refused: allowed are " + Room.MAX_BOXES);
    }
    key = key.clone();
    to = List.copyOf(to);
  }

  @Override
  public byte[] key() {
    return key.clone();
  }
}
