package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
  private static final String HEX = "ab" + "0123456789".repeat(6) + "cd";

  private static int status(String method, String rawPath) {
    return switch (RequestTarget.of(method, rawPath)) {
      case RequestTarget.InStore found -> 200;
      case RequestTarget.BootFile found -> 200;
      case RequestTarget.Refused refused -> refused.why().status();
    };
  }

  private static String target(String rawPath) {
    return switch (RequestTarget.of("GET", rawPath)) {
      case RequestTarget.InStore found -> found.path().relative();
      case RequestTarget.BootFile found -> "boot file " + found.name();
      case RequestTarget.Refused refused -> "refused with " + refused.why().status();
    };
  }

  @Test
  void everyPathOfAStoreIsItsOwnTarget() {
    assertThat(target("/blocks/ab/" + HEX)).isEqualTo("blocks/ab/" + HEX);
    assertThat(target("/images/debian-13.1/current")).isEqualTo("images/debian-13.1/current");
    assertThat(target("/images/d/7.index")).isEqualTo("images/d/7.index");
    assertThat(target("/images/d/7.profile")).isEqualTo("images/d/7.profile");
  }

  @Test
  void aPathOfAStoreWithEveryCharacterEncodedIsTheSameTarget() {
    String longest = "images/" + "n".repeat(64) + "/" + "9".repeat(18) + ".profile";
    StringBuilder encoded = new StringBuilder("/");
    longest.chars().forEach(c -> encoded.append("%%%02x".formatted(c)));
    assertThat(target(encoded.toString())).isEqualTo(longest);
  }

  @Test
  void belowBootAreBootFiles() {
    assertThat(target("/boot/amd64/vmlinuz")).isEqualTo("boot file amd64/vmlinuz");
    assertThat(target("/boot/a%2fb")).isEqualTo("boot file a/b");
  }

  /** All of these lead out of a store, or into one, on some server. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//",
        "/..",
        "/../../etc/passwd",
        "/images/../../etc/passwd",
        "/images/%2e%2e/%2e%2e/etc/passwd",
        "/images/%2E%2E/current",
        "/images/..%2f..%2fetc%2fpasswd/current",
        "/images/..%5c..%5cetc/current",
        "/images/..\\..\\etc/current",
        "/images/%252e%252e/current",
        "/images/%c0%ae%c0%ae/current",
        "/images/%uff0e%uff0e/current",
        "/images/./current",
        "/images/.hidden/current",
        "/images/debian/../debian/current",
        "/images/debian/./current",
        "/images//debian/current",
        "//images/debian/current",
        "/images/debian/current/",
        "/images/debian/current%00",
        "/images/debian/current%00.html",
        "/images/debian/current%0a",
        "/images/debian/current%20",
        "/images/debian;x=y/current",
        "/images;/debian/current",
        "/images/debian/current;jsessionid=1",
        "/images/de\u00f6bian/current",
        "/images/d\u0130/current",
        "/images/debian/0.index",
        "/images/debian/-1.index",
        "/images/debian/01.index",
        "/images/debian/9999999999999999999.index",
        "/images/debian/\u0663.index",
        "/images/debian/CURRENT",
        "/blocks/ab/..",
        "/blocks/ab/AB00000000000000000000000000000000000000000000000000000000000000",
        "/blocks/00/ab00000000000000000000000000000000000000000000000000000000000000",
        "/blocks/ab/ab0000000000000000000000000000000000000000000000000000000000000",
        "/boot/",
        "/boot/../kobako.key",
        "/boot/%2e%2e/kobako.key",
        "/boot//etc/passwd",
        "/boot/.hidden",
        "/boot/a%00",
        "/bootx",
        "/etc/passwd",
        "/kobako.key"
      })
  void whatIsNotLetterByLetterAPathOfAStoreIsNotThere(String rawPath) {
    assertThat(status("GET", rawPath)).isIn(404, 400);
  }

  @Test
  void aVeryLongPathIsNotThereAndNotDecoded() {
    assertThat(status("GET", "/images/" + "%41".repeat(100_000) + "/current")).isEqualTo(404);
  }

  @Test
  void whatIsNoPathIsNotThere() {
    assertThat(status("GET", "*")).isEqualTo(404);
    assertThat(status("GET", "")).isEqualTo(404);
    assertThat(status("GET", "images/debian/current")).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/%4g", "/images/%-1/current", "/%\u0664\u0661"})
  void aMalformedPercentEncodingIsABadRequest(String rawPath) {
    assertThat(status("GET", rawPath)).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, 200",
    "HEAD, 200",
    "POST, 405",
    "PUT, 405",
    "DELETE, 405",
    "OPTIONS, 405",
    "get, 405"
  })
  void onlyGetAndHeadAreMethodsOfAStore(String method, int status) {
    assertThat(status(method, "/images/debian/current")).isEqualTo(status);
  }
}
