package org.kobako.tftp;

import java.util.Locale;

/**
 * The options that a machine asks for and that we know; 0 stands for one that is not asked for, or
 * with a value that its RFC does not allow, which RFC 2347 lets us treat alike.
 *
 * @param packetBytes {@code blksize} (RFC 2348)
 * @param windowPackets {@code windowsize} (RFC 7440)
 * @param timeoutSeconds {@code timeout} (RFC 2349)
 * @param transferSize whether {@code tsize} is asked for (RFC 2349)
 */
record Options(int packetBytes, int windowPackets, int timeoutSeconds, boolean transferSize) {
  static final String PACKET_SIZE = "blksize";
  static final String WINDOW = "windowsize";
  static final String TIMEOUT = "timeout";
  static final String TRANSFER_SIZE = "tsize";

  static final Options NONE = new Options(0, 0, 0, false);

  private static final int MAX_WINDOW = 65535;
  private static final int MAX_TIMEOUT = 255;
  private static final int MAX_DIGITS = 5;

  /** These and one more; the first of a name counts, one that we do not know changes nothing. */
  Options and(String name, String value) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case PACKET_SIZE ->
          new Options(
              first(packetBytes, value, Packet.MIN_DATA_BYTES, Packet.MAX_DATA_BYTES),
              windowPackets,
              timeoutSeconds,
              transferSize);
      case WINDOW ->
          new Options(
              packetBytes,
              first(windowPackets, value, 1, MAX_WINDOW),
              timeoutSeconds,
              transferSize);
      case TIMEOUT ->
          new Options(
              packetBytes,
              windowPackets,
              first(timeoutSeconds, value, 1, MAX_TIMEOUT),
              transferSize);
      case TRANSFER_SIZE -> new Options(packetBytes, windowPackets, timeoutSeconds, true);
      default -> this;
    };
  }

  /** What was asked first, otherwise a decimal number within the bounds, otherwise 0. */
  private static int first(int earlier, String value, int min, int max) {
    if (earlier != 0 || value.isEmpty() || value.length() > MAX_DIGITS) {
      return earlier;
    }
    int number = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      number = number * 10 + digit;
    }
    return number >= min && number <= max ? number : 0;
  }
}
