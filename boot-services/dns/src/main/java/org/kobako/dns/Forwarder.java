package org.kobako.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/**
 * Asks others for what is not about the room: one resolver after the other, as they are known at
 * the time, the last that answered first; each question once, however many machines wait for it.
 * dnsjava sends it from a port and with a number that nobody can guess, and asks again by TCP what
 * does not fit a datagram.
 *
 * <p>Every question has a reply: when no resolver gives one, what was known before, or SERVFAIL;
 * where there is none to ask, REFUSED. Safe for use by many threads.
 */
final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /** A datagram of so many bytes comes through whole (DNS flag day 2020). */
  static final int UDP_BYTES = 1232;

  static final int MAX_WAITING = 200;

  private record Key(Name name, int type, int dnsClass, boolean wantsDnssec) {}

  private static final long LOOK_AGAIN_NS = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<List<InetSocketAddress>> known;
  private final Duration timeout;
  private List<SimpleResolver> resolvers = new ArrayList<>();
  private long lookedNs;
  private final ReplyCache cache;
  private final LongSupplier clockNs;
  private final Map<Key, CompletableFuture<Message>> waiting = new HashMap<>();
  private int failuresInARow;

  /**
   * @param known the resolvers, the best first
   * @param timeout for each of them
   */
  Forwarder(
      Supplier<List<InetSocketAddress>> known,
      Duration timeout,
      ReplyCache cache,
      LongSupplier clockNs) {
    this.known = known;
    this.timeout = timeout;
    this.cache = cache;
    this.clockNs = clockNs;
    this.lookedNs = clockNs.getAsLong() - LOOK_AGAIN_NS;
  }

  /** The resolvers to ask, the best first. */
  private synchronized List<SimpleResolver> inOrder() {
    long nowNs = clockNs.getAsLong();
    if (nowNs - lookedNs >= LOOK_AGAIN_NS) {
      lookedNs = nowNs;
      List<InetSocketAddress> now = known.get();
      List<InetSocketAddress> before = resolvers.stream().map(SimpleResolver::getAddress).toList();
      if (!Set.copyOf(now).equals(Set.copyOf(before))) {
        resolvers = new ArrayList<>(now.stream().map(this::resolver).toList());
      }
    }
    return List.copyOf(resolvers);
  }

  private SimpleResolver resolver(InetSocketAddress address) {
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(timeout);
    return resolver;
  }

  /** Whether the asker wants signatures along (RFC 3225). */
  static boolean wantsDnssec(Message query) {
    OPTRecord options = query.getOPT();
    return options != null && (options.getFlags() & ExtendedFlags.DO) != 0;
  }

  /**
   * The reply to one question, without EDNS, with the query's number and letters.
   *
   * @param query with one question
   */
  CompletionStage<Message> ask(Message query) {
    Record question = query.getQuestion();
    boolean wantsDnssec = wantsDnssec(query);
    Key key = new Key(question.getName(), question.getType(), question.getDClass(), wantsDnssec);
    CompletableFuture<Message> reply;
    synchronized (this) {
      Optional<Message> known = cache.fresh(question, wantsDnssec, clockNs.getAsLong());
      if (known.isPresent()) {
        return CompletableFuture.completedFuture(to(query, known.get()));
      }
      CompletableFuture<Message> asked = waiting.get(key);
      if (asked != null) {
        return asked.thenApply(message -> to(query, message));
      }
      if (waiting.size() == MAX_WAITING) {
        return CompletableFuture.completedFuture(to(query, unknown(question, wantsDnssec)));
      }
      reply = new CompletableFuture<>();
      waiting.put(key, reply);
    }
    askNext(inOrder(), 0, forwarded(question, wantsDnssec), key, reply);
    return reply.thenApply(message -> to(query, message));
  }

  private static Message forwarded(Record question, boolean wantsDnssec) {
    Message query = Message.newQuery(question);
    int flags = wantsDnssec ? ExtendedFlags.DO : 0;
    query.addRecord(new OPTRecord(UDP_BYTES, 0, 0, flags), Section.ADDITIONAL);
    return query;
  }

  private void askNext(
      List<SimpleResolver> order,
      int number,
      Message query,
      Key key,
      CompletableFuture<Message> reply) {
    if (number == order.size()) {
      end(query.getQuestion(), key, reply, Optional.empty());
      return;
    }
    SimpleResolver resolver = order.get(number);
    resolver
        .sendAsync(query.clone(), Runnable::run)
        .whenComplete((message, failure) -> {
          if (message != null && isUseful(message)) {
            prefer(resolver);
            end(query.getQuestion(), key, reply, Optional.of(message));
          } else {
            askNext(order, number + 1, query, key, reply);
          }
        });
  }

  /** Not so what dnsjava can read, but not write for who asked. */
  private static boolean isUseful(Message message) {
    try {
      message.toWire();
    } catch (RuntimeException malformed) {
      return false;
    }
    return message.getRcode() != Rcode.SERVFAIL && message.getRcode() != Rcode.REFUSED;
  }

  private synchronized void prefer(SimpleResolver resolver) {
    if (resolvers.remove(resolver)) {
      resolvers.addFirst(resolver);
    }
    failuresInARow = 0;
  }

  private void end(
      Record question, Key key, CompletableFuture<Message> reply, Optional<Message> message) {
    Message told;
    synchronized (this) {
      waiting.remove(key);
      if (message.isPresent()) {
        cache.store(question, key.wantsDnssec(), message.get(), clockNs.getAsLong());
      } else if (!resolvers.isEmpty() && failuresInARow++ == 0) {
        LOG.warn("dns: no resolver answers; goes on with what is known");
      }
      told = message.orElseGet(() -> unknown(question, key.wantsDnssec()));
    }
    reply.complete(told);
  }

  private Message unknown(Record question, boolean wantsDnssec) {
    return cache
        .stale(question, wantsDnssec, clockNs.getAsLong())
        .orElseGet(() -> {
          Message failure = Message.newQuery(question);
          failure.getHeader().setRcode(resolvers.isEmpty() ? Rcode.REFUSED : Rcode.SERVFAIL);
          return failure;
        });
  }

  private static Message to(Message query, Message message) {
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RA);
    for (int flag : new int[] {Flags.RD, Flags.CD}) {
      if (query.getHeader().getFlag(flag)) {
        reply.getHeader().setFlag(flag);
      }
    }
    if (message.getHeader().getFlag(Flags.AD)) {
      reply.getHeader().setFlag(Flags.AD);
    }
    reply.getHeader().setRcode(message.getHeader().getRcode());
    reply.addRecord(query.getQuestion(), Section.QUESTION);
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (Record record : message.getSection(section)) {
        if (!(record instanceof OPTRecord)) {
          reply.addRecord(record, section);
        }
      }
    }
    return reply;
  }
}
