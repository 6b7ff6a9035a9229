package org.kobako.dns;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much one network is answered over UDP, whose senders can be forged: a box is no help to who
 * wants to drown another. For each network a bucket of answers, which fills again; of what is too
 * much each second question is answered with "ask by TCP", so that whoever is no forgery is served.
 * Not safe for use by several threads.
 */
final class RateLimit {
  /** Networks of which something is known; the one that asked longest ago is forgotten first. */
  static final int MAX_NETWORKS = 1024;

  private static final int IP4_BYTES = 4;
  private static final int IP4_NETWORK_BYTES = 3;
  private static final int IP6_NETWORK_BYTES = 7;

  /** What is to become of a question. */
  enum Verdict {
    ANSWER,
    ASK_BY_TCP,
    SILENCE
  }

  /** The first bytes of an address. */
  private record Network(long bits) {
    static Network of(InetAddress asker) {
      byte[] address = asker.getAddress();
      int kept = address.length == IP4_BYTES ? IP4_NETWORK_BYTES : IP6_NETWORK_BYTES;
      long bits = address.length;
      for (byte octet : Arrays.copyOf(address, kept)) {
        bits = bits << Byte.SIZE | Byte.toUnsignedLong(octet);
      }
      return new Network(bits);
    }
  }

  private static final class Bucket {
    private double answers;
    private long filledNs;
    private boolean hasBeenSilent;
  }

  private final int perSecond;
  private final int atOnce;
  private final Map<Network, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param perSecond answers for a network in the long run
   * @param atOnce after a pause
   */
  RateLimit(int perSecond, int atOnce) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
  }

  Verdict ask(InetAddress asker, long nowNs) {
    Bucket bucket = buckets.computeIfAbsent(Network.of(asker), network -> full(nowNs));
    if (buckets.size() > MAX_NETWORKS) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    double seconds = (nowNs - bucket.filledNs) / (double) TimeUnit.SECONDS.toNanos(1);
    bucket.answers = Math.min(atOnce, bucket.answers + seconds * perSecond);
    bucket.filledNs = nowNs;
    if (bucket.answers >= 1) {
      bucket.answers--;
      return Verdict.ANSWER;
    }
    bucket.hasBeenSilent = !bucket.hasBeenSilent;
    return bucket.hasBeenSilent ? Verdict.SILENCE : Verdict.ASK_BY_TCP;
  }

  /** Of how many something is known. */
  int networks() {
    return buckets.size();
  }

  private Bucket full(long nowNs) {
    Bucket bucket = new Bucket();
    bucket.answers = atOnce;
    bucket.filledNs = nowNs;
    return bucket;
  }
}
