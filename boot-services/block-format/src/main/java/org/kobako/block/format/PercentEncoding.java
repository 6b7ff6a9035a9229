package org.kobako.block.format;

import java.util.Optional;

/** The encoding of octets in a URL, {@code %2b} for {@code +} (RFC 3986 section 2.1). */
public final class PercentEncoding {
  private PercentEncoding() {}

  /**
   * Decodes once. Each octet becomes a character, as no path of a store has one beyond ASCII.
   *
   * @return empty where a {@code %} is not followed by two hexadecimal digits
   */
  public static Optional<String> decode(String raw) {
    if (raw.indexOf('%') < 0) {
      return Optional.of(raw);
    }
    StringBuilder decoded = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = i < raw.length() - 2 ? hexDigit(raw.charAt(i + 1)) : -1;
        int low = i < raw.length() - 2 ? hexDigit(raw.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        c = (char) (high << 4 | low);
        i += 2;
      }
      decoded.append(c);
    }
    return Optional.of(decoded.toString());
  }

  /** ASCII only: {@link Character#digit} would take the digits of other scripts. */
  private static int hexDigit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
