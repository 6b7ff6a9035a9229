package org.kobako.dhcp.packet;

import java.util.Arrays;
import java.util.HexFormat;
import org.kobako.boot.plan.MacAddress;

/** A client identifier, option 61 (RFC 2132 section 9.14, RFC 4361): opaque bytes. */
public final class ClientId {
  /** A type and at least one byte. */
  static final int MIN_BYTES = 2;

  private static final byte ETHERNET = 1;

  private final byte[] bytes;

  ClientId(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * As it stands in a lease file.
   *
   * @throws IllegalArgumentException if it is not two bytes or more in hexadecimal digits
   */
  public static ClientId ofHex(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (bytes.length < MIN_BYTES) {
      throw new IllegalArgumentException("a client identifier has two bytes or more");
    }
    return new ClientId(bytes);
  }

  /**
   * Whether it says no more than the hardware address does: iPXE, udhcpc and Windows write theirs
   * so, and UEFI, on the same machine, writes none.
   */
  public boolean isOf(MacAddress mac) {
    return bytes.length == 1 + MacAddress.BYTES
        && bytes[0] == ETHERNET
        && MacAddress.of(bytes, 1).equals(mac);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientId id && Arrays.equals(bytes, id.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
