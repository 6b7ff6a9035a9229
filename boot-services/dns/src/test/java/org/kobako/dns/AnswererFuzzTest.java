package org.kobako.dns;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.kobako.dns.balance.Disk;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** Whatever comes: at most one answer, that is one, and no longer than may be. */
class AnswererFuzzTest {
  private static final InetAddress ASKER = InetAddress.ofLiteral("10.75.0.100");

  private static final Boxes BOXES =
      new Boxes() {
        @Override
        public List<InetAddress> of(Disk disk) {
          return List.of(InetAddress.ofLiteral("10.75.0.1"), InetAddress.ofLiteral("fd00::1"));
        }

        @Override
        public List<InetAddress> of(String box) {
          return of(new Disk(ASKER, 1));
        }

        @Override
        public List<String> names() {
          return List.of("a", "b");
        }
      };

  @FuzzTest(maxDuration = "60s")
  void everyMessageHasAtMostOneSoundAnswer(FuzzedDataProvider data) throws IOException {
    Answerer.Transport transport =
        data.consumeBoolean() ? Answerer.Transport.UDP : Answerer.Transport.TCP;
    byte[] query = data.consumeRemainingAsBytes();
    DnsConfig config =
        new DnsConfig(new InetSocketAddress(0), DnsConfig.USUAL_ZONE, "a", List.of());
    Answerer answerer =
        new Answerer(
            config,
            new BootZone(config.origin(), config.box(), BOXES),
            new Forwarder(List::of, DnsConfig.RESOLVER_TIMEOUT, new ReplyCache(1), () -> 0),
            new RateLimit(1, 1),
            () -> 0);
    List<byte[]> answers = new ArrayList<>();
    answerer.answer(query, ASKER, transport, answers::add);
    if (answers.size() > 1) {
      throw new AssertionError(answers.size() + " answers");
    }
    for (byte[] answer : answers) {
      Message reply = new Message(answer);
      int most = transport == Answerer.Transport.UDP ? Forwarder.UDP_BYTES : 0xffff;
      boolean isOfTheQuestion = answer[0] == query[0] && answer[1] == query[1];
      if (!reply.getHeader().getFlag(Flags.QR) || !isOfTheQuestion || answer.length > most) {
        throw new AssertionError("to that the answer is " + reply);
      }
    }
  }
}
