package org.kobako.block.client.resolve;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

class DnsMessageFuzzTest {
  /** Whatever comes is read or refused, within the message; what is read is addresses. */
  @FuzzTest(maxDuration = "60s")
  void anyAnswerIsReadOrRefused(byte[] message) {
    ByteBuffer question = DnsMessage.question(0x1234, "disk1.boot.kobako", DnsMessage.TYPE_A);
    try {
      DnsMessage.Answer answer = DnsMessage.answer(ByteBuffer.wrap(message), question);
      if (answer.addresses().size() > 32 || answer.ttlSeconds() < 0) {
        throw new AssertionError(answer);
      }
    } catch (MalformedAnswerException refused) {
      return;
    }
  }
}
