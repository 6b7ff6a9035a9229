package org.kobako.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kobako.heartbeat.Heartbeat.Life;

/**
 * The boxes that this one knows to be there, by what it hears. No clock of the day is in it, so
 * clocks may jump.
 *
 * <p>A heartbeat cannot be replayed: of one life, sequences only rise, even when it was gone
 * meanwhile; and a box joins with a heartbeat that names this box's own life, which nobody could
 * know before it began. So two boxes that meet know each other after a heartbeat each way and one
 * back. After a partition they meet again in the same way.
 *
 * <p>Not safe for use by several threads.
 */
final class Room {
  /** A box that is silent for so long has left (DNS-Balance's own figure). */
  static final Duration SILENCE = Duration.ofSeconds(3);

  /** More boxes than this are not let in. */
  static final int MAX_BOXES = 40;

  /** Of so many lives that left it knows how far they had come. */
  private static final int MAX_GONE = 256;

  /** What a heartbeat did. */
  enum Effect {
    /** Its box is new here. */
    JOINED,
    /** Its box was here already. */
    RENEWED,
    /** Its box has left, and said so. */
    LEFT,
    /** Its box is to hear from this one first. */
    KNOCKED,
    /** Nothing: it was here before, or comes too late. */
    REPEATED,
    /**
     * Nothing: another box that is here has the same identity, perhaps this one itself. For as long
     * as {@link #SILENCE} it may be the one that has just started again.
     */
    TWIN,
    /** Nothing: it is this box's own. */
    OWN,
    /** Nothing: the room is full. */
    FULL
  }

  private static final class Box {
    private final Life life;
    private Heartbeat last;
    private long heardNs;
    private boolean isMember;

    private Box(Heartbeat first, long nowNs) {
      this.life = first.life();
      this.last = first;
      this.heardNs = nowNs;
    }
  }

  private final Life self;
  private final Map<Long, Box> boxes = new HashMap<>();

  /** Of lives that left: their last sequence. */
  private final Map<Life, Long> gone = new LinkedHashMap<>();

  /**
   * @param self this box's own life
   */
  Room(Life self) {
    this.self = self;
  }

  /** Takes in what a box says, by the key of the room. */
  Effect hear(Heartbeat heartbeat, long nowNs) {
    expire(nowNs);
    Life life = heartbeat.life();
    if (life.box() == self.box()) {
      return life.equals(self) ? Effect.OWN : Effect.TWIN;
    }
    if (heartbeat.sequence() <= gone.getOrDefault(life, 0L)) {
      return Effect.REPEATED;
    }
    Box known = boxes.get(life.box());
    if (heartbeat.isLast()) {
      return leave(known, heartbeat);
    }
    if (known == null) {
      if (boxes.size() == MAX_BOXES) {
        return Effect.FULL;
      }
      known = new Box(heartbeat, nowNs);
      boxes.put(life.box(), known);
      return knockOrJoin(known, heartbeat);
    }
    if (!known.life.equals(life)) {
      return Effect.TWIN;
    }
    if (heartbeat.sequence() <= known.last.sequence()) {
      return Effect.REPEATED;
    }
    known.last = heartbeat;
    known.heardNs = nowNs;
    return known.isMember ? Effect.RENEWED : knockOrJoin(known, heartbeat);
  }

  private Effect leave(@Nullable Box known, Heartbeat last) {
    if (known == null
        || !known.life.equals(last.life())
        || last.sequence() <= known.last.sequence()) {
      return Effect.REPEATED;
    }
    boxes.remove(last.life().box());
    remember(last);
    return Effect.LEFT;
  }

  private Effect knockOrJoin(Box box, Heartbeat heartbeat) {
    if (!heartbeat.heard().contains(self)) {
      return Effect.KNOCKED;
    }
    box.isMember = true;
    return Effect.JOINED;
  }

  /**
   * Forgets who has been silent for {@link #SILENCE}.
   *
   * @return those of them that were members
   */
  List<Life> expire(long nowNs) {
    List<Life> left = new ArrayList<>();
    boxes
        .values()
        .removeIf(box -> {
          if (nowNs - box.heardNs < SILENCE.toNanos()) {
            return false;
          }
          if (box.isMember) {
            left.add(box.life);
          }
          remember(box.last);
          return true;
        });
    return left;
  }

  private void remember(Heartbeat last) {
    gone.remove(last.life());
    gone.put(last.life(), last.sequence());
    if (gone.size() > MAX_GONE) {
      gone.remove(gone.keySet().iterator().next());
    }
  }

  /** The last heartbeats of those who joined. */
  List<Heartbeat> members() {
    return boxes.values().stream().filter(box -> box.isMember).map(box -> box.last).toList();
  }

  /** Whom this box's own heartbeat is to name. */
  List<Life> heard() {
    return boxes.values().stream().map(box -> box.life).toList();
  }
}
