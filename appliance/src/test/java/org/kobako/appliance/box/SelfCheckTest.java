package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.testing.Peer;

@Timeout(60)
class SelfCheckTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final SelfCheck.Pace PACE =
      new SelfCheck.Pace(Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(500));

  private final AtomicInteger sound = new AtomicInteger();
  private final AtomicInteger stuck = new AtomicInteger();
  private volatile boolean httpAnswers = true;
  private volatile boolean blocksAreSound = true;

  private SelfCheck start() {
    SelfCheck check =
        new SelfCheck(
            List.of(
                part(BoxHttp.NAME, () -> require(httpAnswers)),
                part(BlockCheck.NAME, () -> require(blocksAreSound))),
            PACE,
            sound::incrementAndGet,
            stuck::incrementAndGet);
    check.start();
    return check;
  }

  private static Part part(String name, Part.Step check) {
    return new Part(name, () -> {}, () -> {}, check, () -> {});
  }

  private static void require(boolean isWell) throws IOException {
    if (!isWell) {
      throw new IOException("it is not well");
    }
  }

  @Test
  void nobodyCountsOnABoxWhoseBlocksAreNotSoundAndItIsNotGivenUpForThem() throws Exception {
    try (SelfCheck check = start()) {
      Peer.await("it serves", PATIENCE, check::servesBlocks);
      blocksAreSound = false;
      Peer.await("it is noticed", PATIENCE, () -> !check.servesBlocks());
      Thread.sleep(PACE.stuckAfter().multipliedBy(2));
      assertThat(stuck).hasValue(0);
      blocksAreSound = true;
      Peer.await("it serves again", PATIENCE, check::servesBlocks);
      assertThat(sound).hasValue(1);
    }
  }

  @Test
  void aBoxWhoseHttpAnswersNoMoreIsGivenUpOnceAndCheckedFurther() throws Exception {
    try (SelfCheck check = start()) {
      Peer.await("it serves", PATIENCE, check::servesBlocks);
      httpAnswers = false;
      Peer.await("it is given up", PATIENCE, () -> stuck.get() > 0);
      assertThat(check.servesBlocks()).isFalse();
      Thread.sleep(PACE.stuckAfter());
      assertThat(stuck).hasValue(1);
      httpAnswers = true;
      Peer.await("it serves again", PATIENCE, check::servesBlocks);
    }
  }
}
