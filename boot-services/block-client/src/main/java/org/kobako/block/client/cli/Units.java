package org.kobako.block.client.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Sizes and durations as people write them: {@code 512}, {@code 128K}, {@code 1M} in powers of
 * 1024; {@code 250ms}, {@code 3s}, {@code 2m}, {@code 1h}.
 */
public final class Units {
  private static final String SIZE_LETTERS = "KMGT";
  private static final String[] DURATION_UNITS = {"ms", "s", "m", "h"};
  private static final long[] DURATION_MS = {1, 1000, 60_000, 3_600_000};

  private Units() {}

  /** Reads a size in bytes; empty where it is none, or greater than a long. */
  public static Optional<Long> parseSize(String text) {
    int last = text.length() - 1;
    int power = last < 0 ? -1 : SIZE_LETTERS.indexOf(Character.toUpperCase(text.charAt(last)));
    return power < 0 ? number(text, 1) : number(text.substring(0, last), 1L << (10 * (power + 1)));
  }

  /** Writes a size without loss: {@code 128K}, {@code 65537}. */
  public static String formatSize(long bytes) {
    int power = 0;
    long shown = bytes;
    while (shown != 0 && shown % 1024 == 0 && power < SIZE_LETTERS.length()) {
      shown /= 1024;
      power++;
    }
    return power == 0 ? Long.toString(shown) : shown + "" + SIZE_LETTERS.charAt(power - 1);
  }

  /** Writes a size for people, in three digits or four: {@code 12.3M}. */
  public static String roundSize(long bytes) {
    int power = 0;
    double shown = bytes;
    while (shown >= 1000 && power < SIZE_LETTERS.length()) {
      shown /= 1024;
      power++;
    }
    return power == 0
        ? Long.toString(bytes)
        : String.format(Locale.ROOT, shown < 100 ? "%.1f" : "%.0f", shown)
            + SIZE_LETTERS.charAt(power - 1);
  }

  /** Reads a duration, which has a unit; empty where it is none. */
  public static Optional<Duration> parseDuration(String text) {
    int digits = 0;
    while (digits < text.length() && isDigit(text.charAt(digits))) {
      digits++;
    }
    String unit = text.substring(digits);
    for (int i = 0; i < DURATION_UNITS.length; i++) {
      if (DURATION_UNITS[i].equals(unit)) {
        return number(text.substring(0, digits), DURATION_MS[i]).map(Duration::ofMillis);
      }
    }
    return Optional.empty();
  }

  /** Writes a duration, to the millisecond, in the largest unit that loses nothing. */
  public static String formatDuration(Duration duration) {
    long ms = duration.toMillis();
    int unit = DURATION_MS.length - 1;
    while (unit > 0 && ms % DURATION_MS[unit] != 0) {
      unit--;
    }
    return ms == 0 ? "0s" : ms / DURATION_MS[unit] + DURATION_UNITS[unit];
  }

  private static Optional<Long> number(String digits, long unit) {
    if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(Units::isDigit)) {
      return Optional.empty();
    }
    long number = Long.parseLong(digits);
    return number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
