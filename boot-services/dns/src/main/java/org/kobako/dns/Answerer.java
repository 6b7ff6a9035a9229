package org.kobako.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What a question is answered with, whatever it came by; reads no socket and writes none. Questions
 * come from one thread; what others had to be asked for is answered in a thread of dnsjava's.
 */
final class Answerer {
  /** Without EDNS (RFC 1035 section 4.2.1). */
  private static final int PLAIN_UDP_BYTES = 512;

  private static final int MAX_TCP_BYTES = 0xffff;
  private static final int EDNS_VERSION = 0;

  /** How a question came. */
  enum Transport {
    UDP,
    TCP
  }

  private final BootZone zone;
  private final DnsConfig config;
  private final Forwarder forwarder;
  private final RateLimit limit;
  private final LongSupplier clockNs;
  final LongAdder answered = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder tooMany = new LongAdder();

  Answerer(
      DnsConfig config, BootZone zone, Forwarder forwarder, RateLimit limit, LongSupplier clockNs) {
    this.config = config;
    this.zone = zone;
    this.forwarder = forwarder;
    this.limit = limit;
    this.clockNs = clockNs;
  }

  /**
   * Answers a question, at once or when others have.
   *
   * @param query the message
   * @param reply takes the message of the answer, once; not called where silence is the answer
   */
  void answer(byte[] query, InetAddress asker, Transport transport, Consumer<byte[]> reply) {
    Message message = read(query, asker, reply);
    if (message == null) {
      return;
    }
    RateLimit.Verdict verdict =
        transport == Transport.TCP
            ? RateLimit.Verdict.ANSWER
            : limit.ask(asker, clockNs.getAsLong());
    switch (verdict) {
      case ANSWER -> {
        answered.increment();
        answer(message, asker, answer -> reply.accept(wire(answer, message, transport)));
      }
      case ASK_BY_TCP -> {
        tooMany.increment();
        Message shortened = empty(message, Rcode.NOERROR);
        shortened.getHeader().setFlag(Flags.TC);
        reply.accept(wire(shortened, message, transport));
      }
      case SILENCE -> tooMany.increment();
    }
  }

  /** The question; what is none is answered here or, where an answer would be to one, never. */
  private @Nullable Message read(byte[] query, InetAddress asker, Consumer<byte[]> reply) {
    Header header;
    try {
      header = new Header(query);
    } catch (IOException tooShort) {
      malformed.increment();
      return null;
    }
    if (header.getFlag(Flags.QR)) {
      malformed.increment(); // an answer: two servers would talk for ever
      return null;
    }
    try {
      Message message = new Message(query);
      if (header.getOpcode() != Opcode.QUERY || header.getCount(Section.QUESTION) == 1) {
        return message;
      }
    } catch (IOException | RuntimeException e) {
      // Counted below. dnsjava's records of some types throw what they should not.
    }
    malformed.increment();
    if (limit.ask(asker, clockNs.getAsLong()) == RateLimit.Verdict.ANSWER) {
      Message refused = new Message(header.getID());
      refused.getHeader().setFlag(Flags.QR);
      refused.getHeader().setOpcode(header.getOpcode());
      refused.getHeader().setRcode(Rcode.FORMERR);
      reply.accept(refused.toWire());
    }
    return null;
  }

  private void answer(Message query, InetAddress asker, Consumer<Message> reply) {
    OPTRecord options = query.getOPT();
    if (options != null && options.getVersion() > EDNS_VERSION) {
      reply.accept(empty(query, Rcode.BADVERS));
      return;
    }
    Record question = query.getQuestion();
    if (query.getHeader().getOpcode() != Opcode.QUERY || question == null) {
      reply.accept(empty(query, Rcode.NOTIMP));
    } else if (isTransfer(question) || question.getDClass() != DClass.IN) {
      reply.accept(empty(query, Rcode.REFUSED));
    } else if (zone.isAbout(question)) {
      reply.accept(zone.answer(query, asker));
    } else if (query.getHeader().getFlag(Flags.RD) && config.mayAskForElsewhere(asker)) {
      forwarder.ask(query).thenAccept(reply);
    } else {
      reply.accept(empty(query, Rcode.REFUSED));
    }
  }

  private static boolean isTransfer(Record question) {
    int type = question.getType();
    return type == Type.AXFR || type == Type.IXFR;
  }

  private static Message empty(Message query, int rcode) {
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setOpcode(query.getHeader().getOpcode());
    if (query.getHeader().getFlag(Flags.RD)) {
      reply.getHeader().setFlag(Flags.RD);
    }
    reply.getHeader().setRcode(rcode & 0xf);
    Record question = query.getQuestion();
    if (question != null) {
      reply.addRecord(question, Section.QUESTION);
    }
    if (rcode > 0xf) {
      reply.addRecord(
          new OPTRecord(Forwarder.UDP_BYTES, rcode >> 4, EDNS_VERSION), Section.ADDITIONAL);
    }
    return reply;
  }

  /** With EDNS if the question had it, and no longer than what the asker takes. */
  private byte[] wire(Message reply, Message query, Transport transport) {
    OPTRecord options = query.getOPT();
    if (options != null && reply.getOPT() == null) {
      int flags = options.getFlags() & ExtendedFlags.DO;
      reply.addRecord(
          new OPTRecord(Forwarder.UDP_BYTES, 0, EDNS_VERSION, flags), Section.ADDITIONAL);
    }
    int udpBytes =
        options == null
            ? PLAIN_UDP_BYTES
            : Math.clamp(options.getPayloadSize(), PLAIN_UDP_BYTES, Forwarder.UDP_BYTES);
    return reply.toWire(transport == Transport.TCP ? MAX_TCP_BYTES : udpBytes);
  }
}
