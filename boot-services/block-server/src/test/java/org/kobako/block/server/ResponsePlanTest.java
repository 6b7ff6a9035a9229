package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsePlanTest {
  /** Sun, 06 Nov 1994 08:49:37 GMT: the example of RFC 9110. */
  private static final long MODIFIED = 784_111_777;

  private static final FileFacts.Kind BLOCK = FileFacts.Kind.IMMUTABLE;
  private static final FileFacts.Kind CURRENT = FileFacts.Kind.MUTABLE_TEXT;

  private static ResponsePlan decide(String method, FileFacts.Kind kind, String requestFields) {
    HttpFields.Mutable fields = HttpFields.build();
    for (String field : requestFields.split("\\|", -1)) {
      int colon = field.indexOf(':');
      if (colon > 0) {
        fields.add(field.substring(0, colon).strip(), field.substring(colon + 1).strip());
      }
    }
    return ResponsePlan.decide(
        method, new FileFacts("file", kind, 1000, "\"tag\"", MODIFIED), fields);
  }

  /** Status, and for a body its first byte and its length. */
  private static String summary(ResponsePlan plan) {
    return switch (plan) {
      case ResponsePlan.FilePart part when part.length() > 0 ->
          part.status() + " " + part.offset() + "+" + part.length();
      case ResponsePlan.FilePart part -> Integer.toString(part.status());
      case ResponsePlan.Refusal refusal -> Integer.toString(refusal.status());
    };
  }

  /** RFC 9110 section 14.1.2, and what section 14.2 leaves to the server. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "                              ; 200 0+1000",
        "Range: bytes=0-0              ; 206 0+1",
        "Range: bytes=0-499            ; 206 0+500",
        "Range: bytes=500-             ; 206 500+500",
        "Range: bytes=999-             ; 206 999+1",
        "Range: bytes=0-99999          ; 206 0+1000",
        "Range: bytes=-1               ; 206 999+1",
        "Range: bytes=-99999           ; 206 0+1000",
        "Range: BYTES=0-0              ; 206 0+1",
        "Range: bytes=1-99999999999999999999 ; 206 1+999",
        "Range: bytes=1000-            ; 416",
        "Range: bytes=-0               ; 416",
        "Range: bytes=99999999999999999999- ; 416",
        "Range: bytes=0-0,5-9          ; 200 0+1000",
        "Range: bytes=0-0|Range: bytes=5-9 ; 200 0+1000",
        "Range: bytes=5-2              ; 200 0+1000",
        "Range: bytes=-                ; 200 0+1000",
        "Range: bytes=                 ; 200 0+1000",
        "Range: bytes=a-b              ; 200 0+1000",
        "Range: bytes=+1-2             ; 200 0+1000",
        "Range: bytes=1--2             ; 200 0+1000",
        "Range: bytes 0-0              ; 200 0+1000",
        "Range: -                      ; 200 0+1000",
        "Range: lines=0-0              ; 200 0+1000",
      })
  void aRangeIsDecided(String fields, String answer) {
    assertThat(summary(decide("GET", BLOCK, fields == null ? "" : fields))).isEqualTo(answer);
  }

  /** RFC 9110 section 13; the order is that of section 13.2.2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "If-None-Match: \"tag\"                    ; 304",
        "If-None-Match: W/\"tag\"                  ; 304",
        "If-None-Match: *                          ; 304",
        "If-None-Match: \"a,b\" , \"tag\"          ; 304",
        "If-None-Match: \"a\"|If-None-Match: \"tag\" ; 304",
        "If-None-Match: \"tag                      ; 200 0+1000",
        "If-None-Match: tag                        ; 200 0+1000",
        "If-None-Match: \"TAG\"                    ; 200 0+1000",
        "If-None-Match: \"other\"                  ; 200 0+1000",
        "If-Match: \"tag\"                         ; 200 0+1000",
        "If-Match: *                               ; 200 0+1000",
        "If-Match: W/\"tag\"                       ; 412",
        "If-Match: \"other\"                       ; 412",
        "If-Match: \"other\"|If-None-Match: \"tag\" ; 412",
        "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT   ; 304",
        "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT  ; 304",
        "If-Modified-Since: Sun Nov  6 08:49:37 1994        ; 304",
        "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT   ; 304",
        "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT   ; 200 0+1000",
        "If-Modified-Since: yesterday                       ; 200 0+1000",
        "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT ; 200 0+1000",
        "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT ; 412",
        "If-Unmodified-Since: tomorrow                      ; 200 0+1000",
        "If-None-Match: \"other\"|If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT ; 200 0+1000",
        "If-Match: \"tag\"|If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT ; 200 0+1000",
        "If-None-Match: \"tag\"|Range: bytes=0-0   ; 304",
        "If-Match: \"tag\"|Range: bytes=0-0        ; 206 0+1",
        "If-Range: \"tag\"|Range: bytes=0-0        ; 206 0+1",
        "If-Range: W/\"tag\"|Range: bytes=0-0      ; 200 0+1000",
        "If-Range: \"other\"|Range: bytes=5000-    ; 200 0+1000",
        "If-Range: Sun, 06 Nov 1994 08:49:37 GMT|Range: bytes=0-0 ; 206 0+1",
        "If-Range: Sun, 06 Nov 1994 08:49:38 GMT|Range: bytes=0-0 ; 200 0+1000",
      })
  void aConditionIsDecided(String fields, String answer) {
    assertThat(summary(decide("GET", BLOCK, fields))).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "                       ; 200",
        "Range: bytes=0-0       ; 200",
        "Range: bytes=5000-     ; 200",
        "If-None-Match: \"tag\" ; 304",
        "If-Match: \"other\"    ; 412",
      })
  void headIsDecidedLikeGetButForRanges(String fields, String answer) {
    ResponsePlan plan = decide("HEAD", BLOCK, fields == null ? "" : fields);
    assertThat(summary(plan)).isEqualTo(answer);
  }

  /** Its time says nothing: it is the content that counts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT   ; 200 0+1000",
        "If-Unmodified-Since: Sun, 06 Nov 1990 08:49:36 GMT ; 200 0+1000",
        "If-None-Match: \"tag\"                             ; 304",
        "If-Range: Sun, 06 Nov 1994 08:49:37 GMT|Range: bytes=0-0 ; 200 0+1000",
      })
  void aFileThatChangesIsDecidedByItsTagAlone(String fields, String answer) {
    assertThat(summary(decide("GET", CURRENT, fields))).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "GET; Range: bytes=10-19      ; Content-Range  ; bytes 10-19/1000",
        "GET; Range: bytes=10-19      ; Content-Length ; 10",
        "GET; Range: bytes=1000-      ; Content-Range  ; bytes */1000",
        "GET; Range: bytes=10-19      ; ETag           ; \"tag\"",
        "GET; If-None-Match: \"tag\"  ; ETag           ; \"tag\"",
        "GET; If-None-Match: \"tag\"  ; Last-Modified  ; Sun, 06 Nov 1994 08:49:37 GMT",
        "GET; If-None-Match: \"tag\"  ; Cache-Control  ; public, max-age=31536000, immutable",
        "GET; If-None-Match: \"tag\"  ; Content-Length ; 1000",
        "HEAD; Range: bytes=10-19     ; Content-Length ; 1000",
        "GET; If-Match: \"other\"     ; Cache-Control  ; no-store",
      })
  void aFieldIsDecided(String method, String fields, String name, String value) {
    assertThat(decide(method, BLOCK, fields).fields().get(name)).isEqualTo(value);
  }
}
