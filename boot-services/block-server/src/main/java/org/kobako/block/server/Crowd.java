package org.kobako.block.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.Notices;
import org.slf4j.LoggerFactory;

/**
 * All connections of a server, and which of them are served: so many of each machine, in the order
 * in which they came. Others wait, unread, until one of that machine's is closed. What is idle
 * makes room for what waits: first, the one that has been for longest. Since the kernel gives each
 * connection that is served its share of the network, no machine gets more than another by opening
 * many.
 *
 * <p>Who reads or asks too slowly is not served any more. Who has waited for long, or comes when
 * there is no room, is told so, by a 503, instead of being left to guess. The box's own requests
 * are always served: it is not out of order because it has much to do.
 *
 * <p>Used by all selectors' threads and the scheduler's; never waits.
 */
final class Crowd {
  /**
   * A machine that has an image attached has 13 at most: 12 fetches and a probe. A cache before a
   * room asks for as much at one time as a machine does.
   */
  static final int MAX_SERVED_OF_A_MACHINE = 16;

  /** A request may be on its way to a connection that looks idle. */
  private static final long IDLE_MS = 100;

  /** Machines that read from several boxes have asked another long before. */
  private static final int MAX_WAITING_TICKS = 5;

  /** Ten times what a whole head takes over a modem. */
  private static final int MAX_ASKING_TICKS = 20;

  /** Longer than the kernel may be silent on a connection that lost packets in a crowd. */
  private static final int WINDOW_TICKS = 30;

  /** In a window of a body: 1 KB/s, with which a boot would take a day. */
  private static final int MIN_WINDOW_BYTES = 30 << 10;

  private final int maxConnections;
  private final Duration tick;
  private final Notices notices =
      new Notices(
          line -> LoggerFactory.getLogger(BlockHandler.class).warn("block-server: {}", line));

  // All below is guarded by this.
  private final Map<FileConnection, Place> places = new LinkedHashMap<>();
  private final Map<InetAddress, Integer> servedOf = new HashMap<>();
  private Scheduler.@Nullable Task next;

  private enum Doing {
    NOTHING,
    ASKING,
    READING
  }

  /** A connection that is in the crowd. */
  private static final class Place {
    final StoreConnection connection;
    final InetAddress machine;
    boolean served;

    Doing doing = Doing.NOTHING;

    /** For how long it has waited to be served, or done what it does. */
    int ticks;

    /** Of a reader: what it had been sent when the ticks began. */
    int sentBefore;

    Place(StoreConnection connection, InetAddress machine) {
      this.connection = connection;
      this.machine = machine;
    }

    FileConnection socket() {
      return connection.socket();
    }

    boolean isIdle() {
      return served && socket().isIdle() && socket().getIdleFor() >= IDLE_MS;
    }

    /** To be asked once a tick. */
    boolean isTooSlow() {
      Doing now =
          socket().isSending() ? Doing.READING : socket().isAsking() ? Doing.ASKING : Doing.NOTHING;
      ticks = now == doing ? ticks + 1 : 0;
      doing = now;
      return switch (now) {
        case NOTHING -> false;
        case ASKING -> ticks >= MAX_ASKING_TICKS;
        case READING -> isReadingTooSlowly();
      };
    }

    private boolean isReadingTooSlowly() {
      int sent = socket().sentBytes();
      boolean tooSlow = false;
      if (ticks == WINDOW_TICKS) {
        tooSlow = sent - sentBefore < MIN_WINDOW_BYTES; // the counter may have begun anew
        ticks = 0;
      }
      if (ticks == 0) {
        sentBefore = sent;
      }
      return tooSlow;
    }
  }

  /**
   * Makes one without anybody in it.
   *
   * @param maxConnections that wait or are served
   */
  Crowd(int maxConnections) {
    this(maxConnections, Duration.ofSeconds(1));
  }

  /**
   * The same with another tick.
   *
   * @param tick that in which it counts how long others take
   */
  Crowd(int maxConnections, Duration tick) {
    this.maxConnections = maxConnections;
    this.tick = tick;
  }

  /** A connection that was opened: serves it, or will, or refuses it. */
  void enter(StoreConnection connection) {
    Optional<InetAddress> machine = machine(connection.socket());
    if (machine.isEmpty()) {
      connection.serve();
      return;
    }
    Place place = new Place(connection, machine.get());
    Optional<Place> leaving = Optional.empty();
    boolean refused = false;
    boolean served = false;
    synchronized (this) {
      if (servedOf.getOrDefault(place.machine, 0) == MAX_SERVED_OF_A_MACHINE) {
        leaving = longestIdle(ofMachine(place.machine));
      } else if (places.size() >= maxConnections) {
        leaving = longestIdle(places.values().stream());
      }
      refused = places.size() >= maxConnections && leaving.isEmpty();
      if (!refused) {
        places.put(connection.socket(), place);
        served = isServedNow(place);
      }
    }
    if (refused) {
      refuse(place);
    } else if (served) {
      connection.serve();
    }
    leaving.ifPresent(idle -> idle.socket().close());
  }

  /** A connection that was closed: one that waited takes its place. */
  void leave(FileConnection connection) {
    Optional<Place> begins = Optional.empty();
    synchronized (this) {
      Place left = places.remove(connection);
      if (left != null && left.served) {
        servedOf.computeIfPresent(left.machine, (machine, n) -> n == 1 ? null : n - 1);
        begins = ofMachine(left.machine).filter(place -> !place.served).findFirst();
        begins.ifPresent(this::isServedNow);
      }
    }
    begins.ifPresent(place -> place.connection.serve());
  }

  /** Each tick: who has waited too long, who is too slow, who is idle while others wait. */
  void tick() {
    List<Place> refused = new ArrayList<>();
    List<Place> slow = new ArrayList<>();
    List<Place> idle = new ArrayList<>();
    synchronized (this) {
      for (Place place : places.values()) {
        if (!place.served) {
          place.ticks++;
          if (place.ticks > MAX_WAITING_TICKS) {
            refused.add(place);
          } else {
            longestIdle(ofMachine(place.machine).filter(other -> !idle.contains(other)))
                .ifPresent(idle::add);
          }
        } else if (place.isTooSlow()) {
          slow.add(place);
        }
      }
      refused.forEach(place -> places.remove(place.socket()));
    }
    refused.forEach(this::refuse);
    for (Place place : slow) {
      notices.count(
          "slow",
          place.machine.getHostAddress()
              + " asks or reads at less than 1 KB/s: its connection is closed");
      place.socket().close();
    }
    idle.forEach(place -> place.socket().close());
  }

  private void refuse(Place place) {
    notices.count(
        "refused",
        place.machine.getHostAddress()
            + " comes when the box serves as many connections as it can: answered 503");
    place.connection.refuse();
  }

  /** Gives it one of its machine's places, if there is one. */
  private boolean isServedNow(Place place) {
    place.served = servedOf.getOrDefault(place.machine, 0) < MAX_SERVED_OF_A_MACHINE;
    if (place.served) {
      place.ticks = 0;
      servedOf.merge(place.machine, 1, Integer::sum);
    }
    return place.served;
  }

  private Stream<Place> ofMachine(InetAddress machine) {
    return places.values().stream().filter(place -> place.machine.equals(machine));
  }

  private static Optional<Place> longestIdle(Stream<Place> among) {
    return among
        .filter(Place::isIdle)
        .max(Comparator.comparingLong(place -> place.socket().getIdleFor()));
  }

  /** Empty for the box itself. */
  private static Optional<InetAddress> machine(FileConnection connection) {
    SocketAddress remote = connection.getRemoteSocketAddress();
    SocketAddress local = connection.getLocalSocketAddress();
    if (!(remote instanceof InetSocketAddress from) || !(local instanceof InetSocketAddress here)) {
      return Optional.empty(); // closed already
    }
    return Objects.equals(from.getAddress(), here.getAddress())
        ? Optional.empty()
        : Optional.of(from.getAddress());
  }

  /** From now on it looks around each tick. */
  synchronized void begin(Scheduler scheduler) {
    next =
        scheduler.schedule(
            () -> {
              tick();
              beginAgain(scheduler);
            },
            tick.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private synchronized void beginAgain(Scheduler scheduler) {
    if (next != null) {
      begin(scheduler);
    }
  }

  synchronized void end() {
    if (next != null) {
      next.cancel();
      next = null;
    }
  }
}
