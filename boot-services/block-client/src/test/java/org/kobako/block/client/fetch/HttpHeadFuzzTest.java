package org.kobako.block.client.fetch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;

class HttpHeadFuzzTest {
  /** Whatever comes is parsed or refused; what is parsed makes sense. */
  @FuzzTest(maxDuration = "60s")
  void aHeadIsParsedOrRefused(byte[] input) {
    ByteBuffer bytes = ByteBuffer.allocate(16 << 10);
    bytes.put(input, 0, Math.min(input.length, bytes.capacity()));
    int end = HttpHead.end(bytes);
    if (end < 0) {
      return;
    }
    HttpHead head = new HttpHead();
    try {
      head.parse(bytes, end);
    } catch (IOException refused) {
      return;
    }
    boolean sensible =
        head.status() >= 0
            && head.status() <= 999
            && end <= bytes.position()
            && (head.framing() != HttpHead.Framing.LENGTH || head.contentLength() >= 0)
            && (head.framing() != HttpHead.Framing.CHUNKED || head.contentLength() == -1);
    if (!sensible) {
      throw new AssertionError("status " + head.status() + ", " + head.contentLength());
    }
  }
}
