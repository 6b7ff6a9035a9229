package org.kobako.caching.proxy.fetch;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The stores that a proxy may ask, and no others. */
final class Upstreams {
  private final List<Upstream> all;

  Upstreams(List<URI> urls) {
    this.all = urls.stream().map(Upstream::new).toList();
  }

  /** In the order in which to ask them: who is expected to answer first goes first. */
  List<Upstream> inOrder(long nowNs) {
    List<Upstream> order = new ArrayList<>(all);
    // Sorted by what they were when this began: they change meanwhile.
    record Ranked(Upstream upstream, boolean paused, Upstream.State state, long expectedNs) {}
    return order.stream()
        .map(it -> new Ranked(it, it.isPaused(nowNs), it.state(), it.expectedNs()))
        .sorted(
            Comparator.comparing(Ranked::paused)
                .thenComparing(Ranked::state)
                .thenComparingLong(Ranked::expectedNs))
        .map(Ranked::upstream)
        .toList();
  }

  /** Whether none is to be tried now. */
  boolean areAllPaused(long nowNs) {
    return all.stream().allMatch(it -> it.isPaused(nowNs));
  }

  List<Upstream> all() {
    return all;
  }
}
