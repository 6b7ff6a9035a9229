package org.kobako.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ReplyCacheTest {
  private static final Name NAME = Name.fromConstantString("Example.Org.");
  private static final Record QUESTION = question(NAME);

  private final ReplyCache cache = new ReplyCache(3);
  private long nowNs = Long.MAX_VALUE - 5;

  private static Record question(Name name) {
    return Record.newRecord(name, Type.A, DClass.IN);
  }

  private static Message reply(int rcode, Record... answers) {
    Message reply = Message.newQuery(QUESTION);
    reply.getHeader().setRcode(rcode);
    for (Record answer : answers) {
      reply.addRecord(answer, Section.ANSWER);
    }
    return reply;
  }

  private static ARecord address(Name name, long ttl) {
    return new ARecord(name, DClass.IN, ttl, InetAddress.ofLiteral("192.0.2.1"));
  }

  private static SOARecord soa(long ttl, long minimum) {
    return new SOARecord(NAME, DClass.IN, ttl, NAME, NAME, 1, 2, 3, 4, minimum);
  }

  private void seconds(long count) {
    nowNs += TimeUnit.SECONDS.toNanos(count);
  }

  private static List<Long> ttls(Optional<Message> reply) {
    return reply.orElseThrow().getSection(Section.ANSWER).stream().map(Record::getTTL).toList();
  }

  @Test
  void aReplyIsGoodAsLongAsItsShortestRecord() {
    cache.store(QUESTION, false, reply(Rcode.NOERROR, address(NAME, 10), address(NAME, 5)), nowNs);
    seconds(4);
    assertThat(ttls(cache.fresh(QUESTION, false, nowNs))).containsExactly(6L, 1L);
    assertThat(cache.fresh(question(Name.fromConstantString("example.org.")), false, nowNs))
        .isPresent();
    assertThat(cache.fresh(QUESTION, true, nowNs)).isEmpty();
    seconds(1);
    assertThat(cache.fresh(QUESTION, false, nowNs)).isEmpty();
  }

  @Test
  void whatIsNotThereIsKnownAsLongAsItsZoneSaysAndNoLongerThanFiveMinutes() {
    Message none = reply(Rcode.NXDOMAIN);
    none.addRecord(soa(60, 20), Section.AUTHORITY);
    cache.store(QUESTION, false, none, nowNs);
    seconds(19);
    assertThat(cache.fresh(QUESTION, false, nowNs).orElseThrow().getRcode())
        .isEqualTo(Rcode.NXDOMAIN);
    seconds(1);
    assertThat(cache.fresh(QUESTION, false, nowNs)).isEmpty();

    Message long0 = reply(Rcode.NOERROR);
    long0.addRecord(soa(86_400, 86_400), Section.AUTHORITY);
    cache.store(QUESTION, false, long0, nowNs);
    seconds(ReplyCache.MAX_NEGATIVE_TTL_SECONDS);
    assertThat(cache.fresh(QUESTION, false, nowNs)).isEmpty();
  }

  @Test
  void failuresAndWhatSaysNoTimeAreNotKept() {
    cache.store(QUESTION, false, reply(Rcode.SERVFAIL, address(NAME, 10)), nowNs);
    cache.store(QUESTION, false, reply(Rcode.NXDOMAIN), nowNs);
    cache.store(QUESTION, false, reply(Rcode.NOERROR, address(NAME, 0)), nowNs);
    assertThat(cache.stale(QUESTION, false, nowNs)).isEmpty();
  }

  @Test
  void whenNobodyCanBeAskedAReplyIsGoodForADayMore() {
    cache.store(QUESTION, false, reply(Rcode.NOERROR, address(NAME, 10)), nowNs);
    seconds(10 + 86_399);
    assertThat(ttls(cache.stale(QUESTION, false, nowNs)))
        .containsExactly(ReplyCache.STALE_TTL_SECONDS);
    seconds(1);
    assertThat(cache.stale(QUESTION, false, nowNs)).isEmpty();
  }

  @Test
  void theOneThatNobodyAskedForLongestGoesFirst() {
    for (int i = 0; i < 4; i++) {
      Name name = Name.fromConstantString(i + ".example.");
      cache.store(question(name), false, reply(Rcode.NOERROR, address(name, 100)), nowNs);
      cache.fresh(question(Name.fromConstantString("0.example.")), false, nowNs);
    }
    assertThat(cache.fresh(question(Name.fromConstantString("0.example.")), false, nowNs))
        .isPresent();
    assertThat(cache.fresh(question(Name.fromConstantString("1.example.")), false, nowNs))
        .isEmpty();
  }
}
