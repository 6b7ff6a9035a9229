package org.kobako.appliance.box;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kobako.appliance.status.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every service of the box over and over, as a machine would, in a thread of its own. What it
 * found last is there for whoever wants to know; nobody waits for it.
 */
final class SelfCheck implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);

  /**
   * How often it asks.
   *
   * @param pause until all is well, as somebody waits for it
   * @param pauseWhenSound from then on, to notice when it is not
   * @param stuckAfter how long HTTP may give no answer; longer than it takes to start anywhere
   */
  record Pace(Duration pause, Duration pauseWhenSound, Duration stuckAfter) {
    static final Pace USUAL =
        new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(2));
  }

  private final List<Part> parts;
  private final Pace pace;
  private final Runnable whenSound;
  private final Runnable whenStuck;
  private final Thread thread =
      Thread.ofPlatform().name("self-check").daemon().unstarted(this::run);
  private volatile List<ServiceStatus> found;

  /**
   * Begins with {@link #start}.
   *
   * @param whenSound runs once, when all answer for the first time, in this thread
   * @param whenStuck runs once, when HTTP has not answered for so long that it will not do so
   */
  SelfCheck(List<Part> parts, Pace pace, Runnable whenSound, Runnable whenStuck) {
    this.parts = List.copyOf(parts);
    this.pace = pace;
    this.whenSound = whenSound;
    this.whenStuck = whenStuck;
    this.found = this.parts.stream().map(part -> ServiceStatus.starting(part.name())).toList();
  }

  void start() {
    thread.start();
  }

  /** One for each part, in their order. */
  List<ServiceStatus> found() {
    return found;
  }

  /** Whether machines may count on the box for their disks. */
  boolean servesBlocks() {
    return answers(BoxHttp.NAME) && answers(BlockCheck.NAME);
  }

  private boolean answers(String name) {
    return found.stream()
        .anyMatch(status ->
            status.name().equals(name) && status.state() == ServiceStatus.State.ANSWERING);
  }

  private void run() {
    try {
      boolean wasSound = false;
      boolean wasStuck = false;
      long answeredNs = System.nanoTime();
      while (true) {
        boolean isSound = checkAll();
        if (isSound && !wasSound) {
          wasSound = true;
          whenSound.run();
        }
        if (answers(BoxHttp.NAME)) {
          answeredNs = System.nanoTime();
        } else if (!wasStuck && System.nanoTime() - answeredNs >= pace.stuckAfter.toNanos()) {
          wasStuck = true;
          LOG.error("box: its HTTP has given no answer for {} s", pace.stuckAfter.toSeconds());
          whenStuck.run();
        }
        Thread.sleep(wasSound ? pace.pauseWhenSound : pace.pause);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether all answer. */
  private boolean checkAll() {
    List<ServiceStatus> now = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      ServiceStatus status = check(parts.get(i));
      if (status.state() != found.get(i).state()) {
        logChange(found.get(i), status);
      }
      now.add(status);
    }
    found = List.copyOf(now);
    return now.stream().allMatch(status -> status.state() == ServiceStatus.State.ANSWERING);
  }

  private static ServiceStatus check(Part part) {
    try {
      part.check().run();
      return ServiceStatus.answering(part.name());
    } catch (IOException | RuntimeException e) {
      return ServiceStatus.failing(part.name(), String.valueOf(e.getMessage()));
    }
  }

  private static void logChange(ServiceStatus before, ServiceStatus now) {
    if (now.state() == ServiceStatus.State.FAILING
        && before.state() == ServiceStatus.State.ANSWERING) {
      LOG.warn("{}: does not answer the box's own check: {}", now.name(), now.why());
    } else if (before.state() == ServiceStatus.State.FAILING) {
      LOG.info("{}: answers", now.name());
    }
  }

  /** Ends the checks; does not wait for one that is under way. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
