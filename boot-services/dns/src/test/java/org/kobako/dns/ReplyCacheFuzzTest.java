package org.kobako.dns;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Whatever a resolver replies that dnsjava can read: it is kept as it was, or not at all. */
class ReplyCacheFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void everyReplyIsKeptWholeOrNotAtAll(FuzzedDataProvider data) {
    Message reply;
    try {
      reply = new Message(data.consumeRemainingAsBytes());
    } catch (IOException | RuntimeException noMessage) {
      return;
    }
    Record question = reply.getQuestion();
    if (question == null) {
      return;
    }
    ReplyCache cache = new ReplyCache(1);
    cache.store(question, false, reply, 0);
    Optional<Message> fresh = cache.fresh(question, false, 1);
    Optional<Message> stale = cache.stale(question, false, TimeUnit.DAYS.toNanos(1) - 1);
    if (fresh.isPresent() != stale.isPresent()) {
      throw new AssertionError("what is fresh was not kept: " + reply);
    }
    for (Message kept : fresh.stream().toList()) {
      if (kept.getRcode() != reply.getRcode() || records(kept) != records(reply)) {
        throw new AssertionError(reply + " is kept as " + kept);
      }
      kept.toWire();
    }
  }

  private static int records(Message message) {
    return IntStream.rangeClosed(Section.ANSWER, Section.ADDITIONAL)
        .map(section -> message.getSection(section).size())
        .sum();
  }
}
