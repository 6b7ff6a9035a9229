package org.kobako.block.server;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Dates as HTTP writes them (RFC 9110 section 5.6.7). By hand: Jetty's own form, and the JDK's,
 * bring the tables of all time zones and languages, which take 2 MB of a small box's memory.
 */
final class HttpDate {
  private static final String DAYS = "MonTueWedThuFriSatSun";
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private HttpDate() {}

  /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  static String of(long epochSeconds) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(epochSeconds, 0, ZoneOffset.UTC);
    StringBuilder date = new StringBuilder(29);
    int day = 3 * (time.getDayOfWeek().getValue() - 1);
    date.append(DAYS, day, day + 3).append(", ");
    twoDigits(date, time.getDayOfMonth()).append(' ');
    int month = 3 * (time.getMonthValue() - 1);
    date.append(MONTHS, month, month + 3).append(' ');
    twoDigits(date, time.getYear() / 100);
    twoDigits(date, time.getYear() % 100).append(' ');
    twoDigits(date, time.getHour()).append(':');
    twoDigits(date, time.getMinute()).append(':');
    return twoDigits(date, time.getSecond()).append(" GMT").toString();
  }

  private static StringBuilder twoDigits(StringBuilder date, int number) {
    return date.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
