package org.kobako.caching.proxy.fetch;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.kobako.caching.proxy.disk.FileHead;

/**
 * How long an ordinary file may be used, by the rules of a shared cache (RFC 9111, RFC 5861).
 *
 * @param isStorable whether it may be kept at all
 * @param freshMs how long nobody need ask again
 * @param staleMs how much longer it may be used while no upstream answers
 */
record Freshness(boolean isStorable, long freshMs, long staleMs) {
  /** Asked for at each use, and used as it is while nobody answers: machines verify it. */
  static final Freshness ALWAYS_ASK = new Freshness(true, 0, FileHead.FOREVER_MS);

  static final Freshness IMMUTABLE = new Freshness(true, FileHead.FOREVER_MS, FileHead.FOREVER_MS);

  private static final Freshness NOT_STORABLE = new Freshness(false, 0, 0);

  /** RFC 9111 section 4.2.2: a tenth of its age when it came, and no more than this. */
  private static final int HEURISTIC_PART = 10;

  private static final long MAX_HEURISTIC_SECONDS = 60;

  private static final long FOREVER_SECONDS = FileHead.FOREVER_MS / 1000;

  /**
   * Decides for the answer to a GET without credentials.
   *
   * @param nowEpochMs when it came
   */
  static Freshness of(HttpFields answer, long nowEpochMs) {
    Directives directives = Directives.of(answer);
    if (directives.has("no-store") || directives.has("private") || varies(answer)) {
      return NOT_STORABLE;
    }
    boolean mayBeStale =
        !directives.has("no-cache")
            && !directives.has("must-revalidate")
            && !directives.has("proxy-revalidate");
    long staleSeconds =
        mayBeStale ? directives.seconds("stale-if-error").orElse(FOREVER_SECONDS) : 0;
    long freshSeconds = directives.has("no-cache") ? 0 : lifetime(directives, answer, nowEpochMs);
    long ageSeconds = seconds(answer.get(HttpHeader.AGE)).orElse(0);
    return new Freshness(true, 1000 * Math.max(0, freshSeconds - ageSeconds), 1000 * staleSeconds);
  }

  /** What is made for one who asks is not for others; encodings we never ask for. */
  private static boolean varies(HttpFields answer) {
    String vary = answer.get(HttpHeader.VARY);
    return vary != null && !vary.strip().equalsIgnoreCase("accept-encoding");
  }

  /** RFC 9111 section 4.2.1. */
  private static long lifetime(Directives directives, HttpFields answer, long nowEpochMs) {
    OptionalLong maxAge = directives.seconds("s-maxage");
    if (maxAge.isEmpty()) {
      maxAge = directives.seconds("max-age");
    }
    if (maxAge.isPresent()) {
      return maxAge.getAsLong();
    }
    OptionalLong date = date(answer, HttpHeader.DATE);
    long came = date.orElse(nowEpochMs / 1000);
    if (answer.contains(HttpHeader.EXPIRES)) {
      // Section 5.3: what is no date has passed.
      return Math.max(0, date(answer, HttpHeader.EXPIRES).orElse(came) - came);
    }
    OptionalLong modified = date(answer, HttpHeader.LAST_MODIFIED);
    return modified.isPresent()
        ? Math.clamp((came - modified.getAsLong()) / HEURISTIC_PART, 0, MAX_HEURISTIC_SECONDS)
        : 0;
  }

  private static OptionalLong date(HttpFields answer, HttpHeader header) {
    String text = answer.get(header);
    try {
      return text == null
          ? OptionalLong.empty()
          : OptionalLong.of(HttpDateTime.parse(text).toEpochSecond());
    } catch (IllegalArgumentException malformed) {
      return OptionalLong.empty();
    }
  }

  /** Delta-seconds (RFC 9111 section 1.2.2): too many are the most there are. */
  private static OptionalLong seconds(@Nullable String text) {
    if (text == null || !text.matches("[0-9]+")) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        text.length() > 12 ? FOREVER_SECONDS : Math.min(Long.parseLong(text), FOREVER_SECONDS));
  }

  /** The directives of all Cache-Control fields (RFC 9111 section 5.2). */
  private record Directives(Map<String, String> values) {
    static Directives of(HttpFields answer) {
      Map<String, String> values = new HashMap<>();
      for (HttpField field : answer.getFields(HttpHeader.CACHE_CONTROL)) {
        for (String directive : field.getValue().split(",", -1)) {
          int equals = directive.indexOf('=');
          String name = (equals < 0 ? directive : directive.substring(0, equals)).strip();
          String value = equals < 0 ? "" : directive.substring(equals + 1).strip();
          values.put(name.toLowerCase(Locale.ROOT), value.replace("\"", ""));
        }
      }
      return new Directives(values);
    }

    boolean has(String name) {
      return values.containsKey(name);
    }

    /** One that is there and no number has passed (section 4.2.1). */
    OptionalLong seconds(String name) {
      String value = values.get(name);
      return value == null
          ? OptionalLong.empty()
          : OptionalLong.of(Freshness.seconds(value).orElse(0));
    }
  }
}
