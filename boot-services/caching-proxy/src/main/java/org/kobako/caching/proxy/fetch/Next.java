package org.kobako.caching.proxy.fetch;

import java.nio.ByteBuffer;

/** What comes next for one who follows a fetch. */
sealed interface Next {
  /** Bytes to send. */
  record Piece(ByteBuffer bytes, boolean isLast) implements Next {}

  /** There is a body, of so many bytes; asked for by one who wants to know no more. */
  record Head() implements Next {}

  /** Nothing yet: the fetch will tell. */
  record Later() implements Next {}

  /** It is in the cache, and good. */
  record InCache() implements Next {}

  /** There is nothing to send. */
  record Refused(Refusal why) implements Next {}

  /** What was sent cannot become whole. */
  record Broken(String why) implements Next {}

  Next HEAD = new Head();
  Next LATER = new Later();
  Next IN_CACHE = new InCache();
}
