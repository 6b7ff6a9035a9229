package org.kobako.block.server;

import java.util.List;

/**
 * The bytes that a Range field asks for (RFC 9110 section 14).
 *
 * <p>Several ranges are answered with the whole file, as section 14.2 allows: a machine asks for
 * whole blocks, and the multipart form has been more use to attackers than to readers. A malformed
 * field or an unknown unit is ignored likewise.
 */
sealed interface ByteRange {
  /** All of it, because nothing else was asked for in a way that counts. */
  record Whole() implements ByteRange {}

  /** Some of it, at least one byte. */
  record Part(long offset, long length) implements ByteRange {}

  /** Nothing of it: the file ends before. */
  record Unsatisfiable() implements ByteRange {}

  ByteRange WHOLE = new Whole();
  ByteRange UNSATISFIABLE = new Unsatisfiable();

  String UNIT = "bytes=";

  static ByteRange parse(List<String> fieldValues, long fileLength) {
    if (fieldValues.size() != 1) {
      return WHOLE;
    }
    String value = fieldValues.getFirst().strip();
    int dash = value.indexOf('-');
    if (!value.regionMatches(true, 0, UNIT, 0, UNIT.length()) || dash < 0) {
      return WHOLE;
    }
    String first = value.substring(UNIT.length(), Math.max(UNIT.length(), dash)).strip();
    String last = value.substring(dash + 1).strip();
    if (!isDigits(first) || !isDigits(last) || (first.isEmpty() && last.isEmpty())) {
      return WHOLE;
    }
    return first.isEmpty()
        ? suffix(number(last), fileLength)
        : part(number(first), last.isEmpty() ? Long.MAX_VALUE : number(last), fileLength);
  }

  private static ByteRange suffix(long length, long fileLength) {
    if (length == 0) {
      return UNSATISFIABLE;
    }
    if (fileLength == 0) {
      return WHOLE; // satisfiable, and no Content-Range can say so
    }
    long part = Math.min(length, fileLength);
    return new Part(fileLength - part, part);
  }

  private static ByteRange part(long first, long last, long fileLength) {
    if (last < first) {
      return WHOLE; // malformed
    }
    if (first >= fileLength) {
      return UNSATISFIABLE;
    }
    return new Part(first, Math.min(last, fileLength - 1) - first + 1);
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** A decimal number, or the greatest long where it is greater than any file. */
  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException beyond) {
      return Long.MAX_VALUE;
    }
  }
}
