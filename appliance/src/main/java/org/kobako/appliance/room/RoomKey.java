package org.kobako.appliance.room;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.kobako.heartbeat.HeartbeatConfig;

/** What all boxes of a room have in common, and nobody else: their heartbeats are signed by it. */
public final class RoomKey {
  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private RoomKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new one. */
  public static RoomKey create() {
    byte[] bytes = new byte[HeartbeatConfig.KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new RoomKey(bytes);
  }

  /**
   * Reads what {@link #hex} wrote.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static RoomKey parse(String hex) {
    if (hex.length() != 2 * HeartbeatConfig.KEY_BYTES
        || !hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "is no room's key: make one with kobako room-key, and write it in every box's file");
    }
    return new RoomKey(HEX.parseHex(hex));
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** The secret itself, in 32 digits. */
  public String hex() {
    return HEX.formatHex(bytes);
  }

  /** No secret. */
  @Override
  public String toString() {
    return "a room's key";
  }
}
