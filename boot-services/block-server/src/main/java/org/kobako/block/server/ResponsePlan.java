package org.kobako.block.server;

import java.util.List;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** What to answer, decided by {@link #decide} without touching a file or a socket. */
sealed interface ResponsePlan {
  int status();

  HttpFields fields();

  /**
   * Bytes of the file; a length of 0 where there is no body (HEAD, 304).
   *
   * @param offset of the first byte to send
   */
  record FilePart(int status, HttpFields fields, long offset, long length)
      implements ResponsePlan {}

  /** No bytes of the file, and a sentence that says why. */
  record Refusal(int status, HttpFields fields, String text) implements ResponsePlan {
    static Refusal of(int status, String text, HttpField... more) {
      HttpFields.Mutable fields = HttpFields.build().add(TEXT).add(NO_STORE);
      for (HttpField field : more) {
        fields.add(field);
      }
      return new Refusal(
          status, fields.put(HttpHeader.CONTENT_LENGTH, text.length()).asImmutable(), text);
    }
  }

  HttpField BINARY = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/octet-stream");
  HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain");
  HttpField ACCEPT_RANGES = new PreEncodedHttpField(HttpHeader.ACCEPT_RANGES, "bytes");

  /** A year is what HTTP calls forever; {@code immutable} is RFC 8246. */
  HttpField IMMUTABLE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "public, max-age=31536000, immutable");

  /** May be kept, and must be asked for again before each use. */
  HttpField REVALIDATE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-cache");

  /** A cache must not remember a missing block: it may be here soon. */
  HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  Refusal BAD_REQUEST =
      Refusal.of(HttpStatus.BAD_REQUEST_400, "the path has a malformed percent-encoding\n");
  Refusal NOT_FOUND = Refusal.of(HttpStatus.NOT_FOUND_404, "not on this box\n");
  Refusal METHOD_NOT_ALLOWED =
      Refusal.of(
          HttpStatus.METHOD_NOT_ALLOWED_405,
          "a box is read with GET and HEAD\n",
          new HttpField(HttpHeader.ALLOW, "GET, HEAD"));
  Refusal PRECONDITION_FAILED =
      Refusal.of(HttpStatus.PRECONDITION_FAILED_412, "the file is another than you expect\n");
  Refusal READ_FAILED =
      Refusal.of(
          HttpStatus.INTERNAL_SERVER_ERROR_500, "this box cannot read the file: ask another\n");
  Refusal BUSY =
      Refusal.of(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "this box serves as many connections as it can: ask another, or again\n",
          new HttpField(HttpHeader.RETRY_AFTER, "1"),
          new HttpField(HttpHeader.CONNECTION, "close"));
  Refusal OPEN_FAILED =
      Refusal.of(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "this box cannot open the file now: ask another, or again\n",
          new HttpField(HttpHeader.RETRY_AFTER, "1"));

  /**
   * Evaluates the request's conditions in the order of RFC 9110 section 13.2.2, then its range.
   *
   * @param method GET or HEAD
   */
  static ResponsePlan decide(String method, FileFacts facts, HttpFields request) {
    if (request.contains(HttpHeader.IF_MATCH)
        ? !names(facts, request.getValuesList(HttpHeader.IF_MATCH), false)
        : facts.isImmutable() && isModifiedSince(facts, request, HttpHeader.IF_UNMODIFIED_SINCE)) {
      return PRECONDITION_FAILED;
    }
    if (request.contains(HttpHeader.IF_NONE_MATCH)
        ? names(facts, request.getValuesList(HttpHeader.IF_NONE_MATCH), true)
        : facts.isImmutable() && isUnmodifiedSince(facts, request)) {
      return notModified(facts);
    }
    boolean get = HttpMethod.GET.is(method);
    ByteRange range =
        get && rangeIsForThisFile(facts, request)
            ? ByteRange.parse(request.getValuesList(HttpHeader.RANGE), facts.lengthBytes())
            : ByteRange.WHOLE;
    return switch (range) {
      case ByteRange.Whole whole -> whole(facts, get);
      case ByteRange.Part part -> part(facts, part);
      case ByteRange.Unsatisfiable beyond ->
          Refusal.of(
              HttpStatus.RANGE_NOT_SATISFIABLE_416,
              "the file ends before that range\n",
              new HttpField(HttpHeader.CONTENT_RANGE, "bytes */" + facts.lengthBytes()));
    };
  }

  /**
   * With the length that a 200 would have: left alone, Jetty says 0, and a cache may believe it.
   */
  private static ResponsePlan notModified(FileFacts facts) {
    HttpFields.Mutable fields = validators(facts);
    return new FilePart(
        HttpStatus.NOT_MODIFIED_304,
        fields.put(HttpHeader.CONTENT_LENGTH, facts.lengthBytes()),
        0,
        0);
  }

  private static ResponsePlan whole(FileFacts facts, boolean get) {
    HttpFields.Mutable fields = content(facts, facts.lengthBytes());
    return new FilePart(HttpStatus.OK_200, fields, 0, get ? facts.lengthBytes() : 0);
  }

  private static ResponsePlan part(FileFacts facts, ByteRange.Part part) {
    HttpFields.Mutable fields = content(facts, part.length());
    long last = part.offset() + part.length() - 1;
    fields.put(
        HttpHeader.CONTENT_RANGE,
        "bytes " + part.offset() + "-" + last + "/" + facts.lengthBytes());
    return new FilePart(HttpStatus.PARTIAL_CONTENT_206, fields, part.offset(), part.length());
  }

  private static HttpFields.Mutable content(FileFacts facts, long length) {
    return validators(facts)
        .add(facts.kind() == FileFacts.Kind.MUTABLE_TEXT ? TEXT : BINARY)
        .add(ACCEPT_RANGES)
        .put(HttpHeader.CONTENT_LENGTH, length);
  }

  /**
   * What a cache keeps a copy by. A file that changes has no Last-Modified: two packs may fall into
   * one second, and the files of a firmware all carry the same time.
   */
  private static HttpFields.Mutable validators(FileFacts facts) {
    HttpFields.Mutable fields = HttpFields.build().put(HttpHeader.ETAG, facts.etag());
    if (facts.isImmutable()) {
      fields
          .add(IMMUTABLE)
          .put(HttpHeader.LAST_MODIFIED, HttpDate.of(facts.modifiedEpochSeconds()));
    } else {
      fields.add(REVALIDATE);
    }
    return fields;
  }

  private static boolean isModifiedSince(FileFacts facts, HttpFields request, HttpHeader header) {
    long since = epochSeconds(request, header);
    return since != NO_DATE && facts.modifiedEpochSeconds() > since;
  }

  private static boolean isUnmodifiedSince(FileFacts facts, HttpFields request) {
    long since = epochSeconds(request, HttpHeader.IF_MODIFIED_SINCE);
    return since != NO_DATE && facts.modifiedEpochSeconds() <= since;
  }

  /** If-Range (RFC 9110 section 13.1.5): a strong tag, or exactly the date that was sent. */
  private static boolean rangeIsForThisFile(FileFacts facts, HttpFields request) {
    String condition = request.get(HttpHeader.IF_RANGE);
    if (condition == null || condition.equals(facts.etag())) {
      return true;
    }
    return facts.isImmutable()
        && epochSeconds(request, HttpHeader.IF_RANGE) == facts.modifiedEpochSeconds();
  }

  long NO_DATE = Long.MIN_VALUE;

  /** Whole seconds of a date field, {@link #NO_DATE} where there is none that is well-formed. */
  private static long epochSeconds(HttpFields request, HttpHeader header) {
    String date = request.get(header);
    if (date == null) {
      return NO_DATE;
    }
    try {
      return HttpDateTime.parse(date).toEpochSecond();
    } catch (IllegalArgumentException malformed) {
      return NO_DATE; // RFC 9110 section 13.1.3: a recipient ignores it
    }
  }

  /**
   * Whether a list of entity-tags names the file, or is {@code *}; a malformed rest names nothing.
   *
   * @param weakly whether {@code W/} is ignored (RFC 9110 section 8.8.3.2)
   */
  private static boolean names(FileFacts facts, List<String> fieldValues, boolean weakly) {
    for (String list : fieldValues) {
      if (list.strip().equals("*")) {
        return true;
      }
      for (int at = 0; at < list.length(); ) {
        if (" \t,".indexOf(list.charAt(at)) >= 0) {
          at++;
          continue;
        }
        boolean weak = list.startsWith("W/", at);
        int start = weak ? at + 2 : at;
        int end = list.startsWith("\"", start) ? list.indexOf('"', start + 1) + 1 : 0;
        if (end == 0) {
          return false;
        }
        if ((weakly || !weak) && list.substring(start, end).equals(facts.etag())) {
          return true;
        }
        at = end;
      }
    }
    return false;
  }
}
