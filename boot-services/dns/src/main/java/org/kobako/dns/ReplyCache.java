package org.kobako.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/**
 * What resolvers replied, for as long as they said (RFC 1035, RFC 2308), and, when none of them
 * answers any more, for a day beyond (RFC 8767): a room whose uplink is out for a moment goes on
 * with the names that it knows. The reply that nobody has asked for longest goes first. Not safe
 * for use by several threads.
 */
final class ReplyCache {
  static final long MAX_TTL_SECONDS = 86_400;
  static final long MAX_NEGATIVE_TTL_SECONDS = 300;

  /** Told with what is stale (RFC 8767 section 4). */
  static final long STALE_TTL_SECONDS = 30;

  private static final long STALE_FOR_NS = TimeUnit.DAYS.toNanos(1);

  /** Larger ones are asked for each time. */
  private static final int MAX_REPLY_BYTES = 4096;

  private static final int TYPE_AND_CLASS_BYTES = 4;

  private record Key(Name name, int type, int dnsClass, boolean wantsDnssec) {}

  private record Kept(Message reply, long storedNs, long ttlNs) {}

  private final Map<Key, Kept> replies = new LinkedHashMap<>(16, 0.75f, true);
  private final int capacity;

  /**
   * @param capacity in replies
   */
  ReplyCache(int capacity) {
    this.capacity = capacity;
  }

  private static Key key(Record question, boolean wantsDnssec) {
    return new Key(question.getName(), question.getType(), question.getDClass(), wantsDnssec);
  }

  /** Keeps a reply, if it says for how long. */
  void store(Record question, boolean wantsDnssec, Message reply, long nowNs) {
    long ttl = ttlSeconds(reply);
    if (ttl > 0 && canBeKept(reply)) {
      replies.put(
          key(question, wantsDnssec), new Kept(reply, nowNs, TimeUnit.SECONDS.toNanos(ttl)));
      if (replies.size() > capacity) {
        replies.remove(replies.keySet().iterator().next());
      }
    }
  }

  /** dnsjava reads some malformed records that it cannot write, or cannot read as it wrote them. */
  private static boolean canBeKept(Message reply) {
    try {
      return aged(reply, 0, null).toWire().length <= MAX_REPLY_BYTES;
    } catch (RuntimeException malformed) {
      return false;
    }
  }

  /** 0 for what is not to be kept. */
  private static long ttlSeconds(Message reply) {
    int rcode = reply.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return 0;
    }
    long least = MAX_TTL_SECONDS;
    boolean answers = false;
    for (Record record : reply.getSection(Section.ANSWER)) {
      least = Math.min(least, record.getTTL());
      answers = true;
    }
    if (answers && rcode == Rcode.NOERROR) {
      return least;
    }
    for (Record record : reply.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa) {
        long negative = Math.min(soa.getTTL(), soa.getMinimum());
        return Math.min(least, Math.min(negative, MAX_NEGATIVE_TTL_SECONDS));
      }
    }
    return 0;
  }

  /** A reply that is still good, with what is left of its time. */
  Optional<Message> fresh(Record question, boolean wantsDnssec, long nowNs) {
    Kept kept = replies.get(key(question, wantsDnssec));
    if (kept == null || nowNs - kept.storedNs >= kept.ttlNs) {
      return Optional.empty();
    }
    return Optional.of(aged(kept.reply, nowNs - kept.storedNs, null));
  }

  /** A reply that was good within the last day: for when nobody can be asked. */
  Optional<Message> stale(Record question, boolean wantsDnssec, long nowNs) {
    Key key = key(question, wantsDnssec);
    Kept kept = replies.get(key);
    if (kept == null) {
      return Optional.empty();
    }
    if (nowNs - kept.storedNs - kept.ttlNs >= STALE_FOR_NS) {
      replies.remove(key);
      return Optional.empty();
    }
    return Optional.of(aged(kept.reply, 0, STALE_TTL_SECONDS));
  }

  /** A copy whose times are less by its age, or all the same. */
  private static Message aged(Message reply, long ageNs, @Nullable Long ttl) {
    long age = TimeUnit.NANOSECONDS.toSeconds(ageNs);
    Message copy = new Message(reply.getHeader().getID());
    copy.setHeader(reply.getHeader().clone());
    for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
      copy.removeAllRecords(section);
      for (Record record : reply.getSection(section)) {
        boolean hasTtl = section != Section.QUESTION && record.getType() != Type.OPT;
        long left = ttl == null ? Math.max(0, record.getTTL() - age) : ttl;
        copy.addRecord(hasTtl ? withTtl(record, left) : record, section);
      }
    }
    return copy;
  }

  private static Record withTtl(Record record, long ttl) {
    byte[] wire = record.toWire(Section.ANSWER);
    ByteBuffer.wrap(wire)
        .putInt(record.getName().toWire().length + TYPE_AND_CLASS_BYTES, (int) ttl);
    try {
      return Record.fromWire(wire, Section.ANSWER);
    } catch (WireParseException e) {
      throw new IllegalStateException("a record is malformed: " + record, e);
    } catch (IOException e) {
      throw new IllegalStateException("memory can be read", e);
    }
  }
}
