package org.kobako.appliance.bench.storm.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A box: a request waits for the core, then for what it asks for, then shares the link. What it
 * does not have comes from behind, once, however many ask for it meanwhile.
 */
final class ModelBox {
  private static final int HEAD_BYTES = 330;

  private final Events events;
  private final Parameters parameters;
  private final SharedLink link;
  private final @Nullable SharedLink upstream;

  /** Who waits for what is on its way; an empty list for what is there. */
  private final Map<Integer, List<Events.Happening>> waiting = new HashMap<>();

  private final Map<Integer, Boolean> present = new HashMap<>();
  private double coreFreeAt;
  private double diskFreeAt;

  ModelBox(Events events, Parameters parameters, @Nullable SharedLink upstream) {
    this.events = events;
    this.parameters = parameters;
    this.upstream = upstream;
    this.link = new SharedLink(events, parameters.boxLink());
  }

  /**
   * Answers a request.
   *
   * @param what equal for equal things
   * @param then when the last byte is there
   */
  void answer(int what, long bytes, Events.Happening then) {
    long all = bytes + HEAD_BYTES;
    double now = events.now();
    coreFreeAt = Math.max(now, coreFreeAt) + all * parameters.boxCpuSecondsPerByte();
    events.in(coreFreeAt - now, () -> provide(what, bytes, () -> link.send(all, then)));
  }

  private void provide(int what, long bytes, Events.Happening then) {
    if (present.containsKey(what)) {
      then.happen();
      return;
    }
    List<Events.Happening> others = waiting.get(what);
    if (others != null) {
      others.add(then);
      return;
    }
    waiting.put(what, new ArrayList<>(List.of(then)));
    if (upstream != null) {
      upstream.send(bytes + HEAD_BYTES, () -> arrived(what));
    } else {
      double now = events.now();
      diskFreeAt = Math.max(now, diskFreeAt) + bytes / parameters.diskRate();
      events.in(diskFreeAt - now, () -> arrived(what));
    }
  }

  private void arrived(int what) {
    present.put(what, true);
    List<Events.Happening> all = waiting.remove(what);
    if (all != null) {
      all.forEach(Events.Happening::happen);
    }
  }

  long sentBytes() {
    return link.sentBytes();
  }
}
