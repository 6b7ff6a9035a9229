package org.kobako.caching.proxy.fetch;

import java.util.concurrent.atomic.LongAdder;

/** What a proxy has done since it began. */
final class Counters {
  /** Requests that were sent to upstreams. */
  final LongAdder asked = new LongAdder();

  /** Bytes of bodies that came from them. */
  final LongAdder bytes = new LongAdder();

  /** Machines that got what somebody else had asked for first. */
  final LongAdder coalesced = new LongAdder();

  /** Answers that were refused: of wrong bytes, or cut off. */
  final LongAdder unusable = new LongAdder();
}
