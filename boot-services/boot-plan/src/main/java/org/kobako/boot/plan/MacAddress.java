package org.kobako.boot.plan;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An Ethernet address, by which a machine is known.
 *
 * @param bits the 48 bits, first octet highest
 */
public record MacAddress(long bits) {
  public static final int BYTES = 6;

  private static final Pattern TEXT = Pattern.compile("\\p{XDigit}{2}([:-]\\p{XDigit}{2}){5}");
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
  private static final HexFormat DASHES = HexFormat.ofDelimiter("-");

  public MacAddress {
    if (bits >>> (8 * BYTES) != 0) {
      throw new IllegalArgumentException(
          "a MAC address has 48 bits, not " + Long.toHexString(bits));
    }
  }

  /**
   * Six octets with colons or dashes between, in either case; empty if the text is anything else.
   */
  public static Optional<MacAddress> parse(String text) {
    return TEXT.matcher(text).matches()
        ? Optional.of(new MacAddress(HexFormat.fromHexDigitsToLong(text.replaceAll("[:-]", ""))))
        : Optional.empty();
  }

  /**
   * The first six bytes from an offset on.
   *
   * @throws IndexOutOfBoundsException if there are fewer
   */
  public static MacAddress of(byte[] bytes, int offset) {
    long bits = 0;
    for (int i = 0; i < BYTES; i++) {
      bits = bits << 8 | (bytes[offset + i] & 0xff);
    }
    return new MacAddress(bits);
  }

  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) (bits >> (8 * (BYTES - 1 - i)));
    }
    return bytes;
  }

  /** As in file names and URLs: {@code 52-54-00-12-34-56}. */
  public String dashed() {
    return DASHES.formatHex(bytes());
  }

  /** As in logs and in the configuration: {@code 52:54:00:12:34:56}. */
  @Override
  public String toString() {
    return COLONS.formatHex(bytes());
  }
}
