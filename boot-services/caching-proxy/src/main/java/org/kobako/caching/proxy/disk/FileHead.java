package org.kobako.caching.proxy.disk;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a cached file that has a name of its own, as text beside it.
 *
 * @param lengthBytes of the file
 * @param digestHex SHA-256 of its bytes: a file that was torn has another
 * @param etag the upstream's, with its quotes, and {@code W/} where it has that
 * @param lastModified as the upstream wrote it
 * @param validatedEpochMs when the upstream last said that it is good
 * @param freshMs how long from then on nobody need ask again
 * @param staleMs how much longer it may be used while no upstream answers
 */
public record FileHead(
    long lengthBytes,
    String digestHex,
    Optional<String> etag,
    Optional<String> lastModified,
    long validatedEpochMs,
    long freshMs,
    long staleMs) {
  /** Of a time that has no end. */
  public static final long FOREVER_MS = Long.MAX_VALUE / 4;

  static final int MAX_CHARS = 4096;

  private static final String LENGTH = "length";
  private static final String DIGEST = "sha256";
  private static final String ETAG = "etag";
  private static final String LAST_MODIFIED = "last-modified";
  private static final String VALIDATED = "validated-ms";
  private static final String FRESH = "fresh-ms";
  private static final String STALE = "stale-ms";

  /**
   * Whether it may be used without asking. A clock that jumped back has made it old: nobody knows
   * how old.
   */
  public boolean isFresh(long nowEpochMs) {
    long ageMs = nowEpochMs - validatedEpochMs;
    return ageMs >= 0 && ageMs < freshMs;
  }

  /** Whether it may be used where nobody can be asked. */
  public boolean isUsableAlone(long nowEpochMs) {
    return staleMs > 0 && nowEpochMs - validatedEpochMs - freshMs < staleMs;
  }

  /** The same file, when an upstream has said that it is good. */
  public FileHead validated(long nowEpochMs, long newFreshMs, long newStaleMs) {
    return new FileHead(
        lengthBytes, digestHex, etag, lastModified, nowEpochMs, newFreshMs, newStaleMs);
  }

  String toText() {
    StringBuilder text = new StringBuilder();
    line(text, LENGTH, Long.toString(lengthBytes));
    line(text, DIGEST, digestHex);
    etag.ifPresent(it -> line(text, ETAG, it));
    lastModified.ifPresent(it -> line(text, LAST_MODIFIED, it));
    line(text, VALIDATED, Long.toString(validatedEpochMs));
    line(text, FRESH, Long.toString(freshMs));
    line(text, STALE, Long.toString(staleMs));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append('\n');
  }

  /** Empty where it is no such text, or was torn. */
  static Optional<FileHead> parse(String text) {
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    try {
      String digest = values.getOrDefault(DIGEST, "");
      if (!text.endsWith("\n") || !digest.matches("[0-9a-f]{64}")) {
        return Optional.empty();
      }
      return Optional.of(
          new FileHead(
              number(values, LENGTH),
              digest,
              Optional.ofNullable(values.get(ETAG)),
              Optional.ofNullable(values.get(LAST_MODIFIED)),
              number(values, VALIDATED),
              number(values, FRESH),
              number(values, STALE)));
    } catch (NumberFormatException torn) {
      return Optional.empty();
    }
  }

  /** Not negative, and so small that sums of three are no overflow. */
  private static long number(Map<String, String> values, String name) {
    long number = Long.parseLong(values.getOrDefault(name, ""));
    if (number < 0 || number > FOREVER_MS) {
      throw new NumberFormatException();
    }
    return number;
  }
}
