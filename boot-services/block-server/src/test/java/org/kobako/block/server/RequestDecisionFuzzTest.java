package org.kobako.block.server;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpTester;
import org.kobako.block.format.StorePath;

/** Whatever a request says: the jail holds, and a plan never promises a byte that is not there. */
class RequestDecisionFuzzTest {
  private static final List<HttpHeader> CONDITIONS =
      List.of(
          HttpHeader.RANGE,
          HttpHeader.IF_RANGE,
          HttpHeader.IF_MATCH,
          HttpHeader.IF_NONE_MATCH,
          HttpHeader.IF_MODIFIED_SINCE,
          HttpHeader.IF_UNMODIFIED_SINCE);

  @FuzzTest(maxDuration = "60s")
  void noPathLeavesTheStore(FuzzedDataProvider data) {
    String rawPath = "/" + data.consumeRemainingAsString();
    String path =
        switch (RequestTarget.of("GET", rawPath)) {
          case RequestTarget.InStore target -> target.path().relative();
          case RequestTarget.BootFile target -> "boot/" + target.name();
          case RequestTarget.Refused refused -> "";
        };
    if (!path.matches("|(blocks|images)/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+|boot/[A-Za-z0-9._+~/-]+")
        || path.contains("/.")
        || path.contains("//")) {
      throw new AssertionError(rawPath + " leads to " + path);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void simpleRequestsAreReadAsJettyReadsThem(FuzzedDataProvider data) {
    String head = "GET /" + data.consumeRemainingAsAsciiString();
    SimpleRequest.parse(head).ifPresent(simple -> requireThatJettyReads(head, simple));
  }

  private static void requireThatJettyReads(String head, SimpleRequest simple) {
    HttpTester.Request jettys = HttpTester.parseRequest(head);
    if (jettys == null
        || !(RequestTarget.of(jettys.getMethod(), jettys.getURI())
            instanceof RequestTarget.InStore(StorePath path))
        || !path.equals(simple.path())
        || !Objects.equals(jettys.get(HttpHeader.RANGE), simple.fields().get(HttpHeader.RANGE))
        || jettys.getContentBytes().length > 0) {
      throw new AssertionError(head + " is read as " + simple);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void noPlanPromisesWhatIsNotThere(FuzzedDataProvider data) {
    long length = data.consumeLong(0, 1 << 20);
    HttpFields.Mutable fields = HttpFields.build();
    while (data.remainingBytes() > 0 && fields.size() < 20) {
      fields.add(data.pickValue(CONDITIONS), data.consumeString(100));
    }
    FileFacts facts =
        new FileFacts("file", FileFacts.Kind.IMMUTABLE, length, "\"tag\"", 784_111_777);
    if (ResponsePlan.decide("GET", facts, fields) instanceof ResponsePlan.FilePart part) {
      if (part.offset() < 0 || part.length() < 0 || part.length() > length - part.offset()) {
        throw new AssertionError(fields + " of " + length + " gives " + part);
      }
      if (part.status() != 304
          && part.length() != part.fields().getLongField(HttpHeader.CONTENT_LENGTH)) {
        throw new AssertionError(fields + " of " + length + " gives " + part);
      }
    }
  }
}
