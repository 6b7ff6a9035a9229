package org.kobako.caching.proxy.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.caching.proxy.disk.FileHead;

class FreshnessTest {
  /** Sun, 06 Nov 1994 08:49:37 GMT. */
  private static final long NOW_MS = 784_111_777_000L;

  private static final String NOW = "Sun, 06 Nov 1994 08:49:37 GMT";

  private static Freshness of(String... fields) {
    HttpFields.Mutable head = HttpFields.build();
    for (String field : fields) {
      int colon = field.indexOf(": ");
      head.add(field.substring(0, colon), field.substring(colon + 2));
    }
    return Freshness.of(head, NOW_MS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-age=60                      | true  | 60
          max-age=60, s-maxage=5          | true  | 5
          MAX-AGE="7"                     | true  | 7
          max-age=x                       | true  | 0
          max-age=-1                      | true  | 0
          no-cache                        | true  | 0
          no-cache, max-age=60            | true  | 0
          public, max-age=60, immutable   | true  | 60
          no-store                        | false | 0
          private                         | false | 0
          max-age=60, No-Store            | false | 0
          """)
  void cacheControlDecides(String directives, boolean isStorable, long freshSeconds) {
    Freshness freshness = of("Cache-Control: " + directives);
    assertThat(freshness.isStorable()).isEqualTo(isStorable);
    assertThat(freshness.freshMs()).isEqualTo(1000 * freshSeconds);
  }

  @Test
  void twoFieldsAreOneList() {
    assertThat(of("Cache-Control: max-age=60", "Cache-Control: no-store").isStorable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "max-age=0, true",
    "no-cache, false",
    "'max-age=9, must-revalidate', false",
    "'max-age=9, proxy-revalidate', false"
  })
  void whetherItMayBeUsedAloneIsTheUpstreamsChoice(String directives, boolean mayBeStale) {
    assertThat(of("Cache-Control: " + directives).staleMs() > 0).isEqualTo(mayBeStale);
  }

  @Test
  void staleIfErrorHasAnEnd() {
    assertThat(of("Cache-Control: max-age=0, stale-if-error=600").staleMs()).isEqualTo(600_000);
  }

  @Test
  void expiresCountsFromTheUpstreamsOwnDate() {
    assertThat(of("Date: Sun, 06 Nov 1994 01:00:00 GMT", "Expires: Sun, 06 Nov 1994 01:00:30 GMT"))
        .isEqualTo(new Freshness(true, 30_000, FileHead.FOREVER_MS / 1000 * 1000));
    assertThat(of("Expires: 0").freshMs()).isZero();
    assertThat(of("Expires: " + NOW).freshMs()).isZero();
  }

  @Test
  void whatLayInAnotherCacheIsAsOldAsThatSays() {
    assertThat(of("Cache-Control: max-age=60", "Age: 45").freshMs()).isEqualTo(15_000);
    assertThat(of("Cache-Control: max-age=60", "Age: 450").freshMs()).isZero();
  }

  @Test
  void withoutAWordATenthOfItsAgeIsAllowedAndNoMoreThanAMinute() {
    assertThat(of("Last-Modified: Sun, 06 Nov 1994 08:44:37 GMT").freshMs()).isEqualTo(30_000);
    assertThat(of("Last-Modified: Sat, 05 Nov 1994 08:44:37 GMT").freshMs()).isEqualTo(60_000);
    assertThat(of().freshMs()).isZero();
  }

  @Test
  void whatIsMadeForOneAskerIsNotForOthers() {
    assertThat(of("Vary: *", "Cache-Control: max-age=60").isStorable()).isFalse();
    assertThat(of("Vary: User-Agent", "Cache-Control: max-age=60").isStorable()).isFalse();
    assertThat(of("Vary: Accept-Encoding", "Cache-Control: max-age=60").isStorable()).isTrue();
  }

  @Test
  void anEndlessLifetimeIsNoOverflow() {
    assertThat(of("Cache-Control: max-age=99999999999999999999").freshMs())
        .isBetween(1L, FileHead.FOREVER_MS);
  }
}
