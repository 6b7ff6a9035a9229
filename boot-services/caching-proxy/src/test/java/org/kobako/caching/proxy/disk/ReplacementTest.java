package org.kobako.caching.proxy.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kobako.caching.proxy.disk.Replacement.State;

class ReplacementTest {
  private static final int BLOCK = 128 << 10;
  private static final int MANY = 1 << 20;

  private final Set<Long> cached = new HashSet<>();
  private final Random random = new Random(4);
  private final long[] digests = random.longs(20_000).toArray();

  /** As the cache does for a machine that asks. Answers whether it was here. */
  private boolean ask(Replacement blocks, long key) {
    boolean isHere = blocks.use(key) != State.ABSENT;
    assertThat(isHere).isEqualTo(cached.contains(key));
    if (!isHere) {
      blocks.evict(BLOCK, cached::remove);
      blocks.add(key, BLOCK, State.VERIFIED);
      cached.add(key);
    }
    return isHere;
  }

  @Test
  void whatIsHereIsWithinTheQuotaAndIsWhatItSays() {
    long quota = 1000L * BLOCK;
    Replacement blocks = new Replacement(MANY, quota);
    for (int i = 0; i < 100_000; i++) {
      double skewed = random.nextDouble() * random.nextDouble() * random.nextDouble();
      ask(blocks, digests[(int) (skewed * digests.length)]);
      if (i % 97 == 0) {
        long key = digests[random.nextInt(digests.length)];
        blocks.remove(key);
        cached.remove(key);
      }
      assertThat(blocks.usedBytes()).isLessThanOrEqualTo(quota);
      assertThat(blocks.entries()).isEqualTo(cached.size());
    }
    assertThat(blocks.usedBytes()).isEqualTo((long) cached.size() * BLOCK).isGreaterThan(quota / 2);
  }

  @Test
  void aMachineThatReadsAWholeDiskOnceDrivesOutNothingThatTheRoomBootsFrom() {
    Replacement blocks = new Replacement(MANY, 1000L * BLOCK);
    for (int machine = 0; machine < 5; machine++) {
      for (int i = 0; i < 600; i++) {
        ask(blocks, digests[i]);
      }
    }
    for (int i = 5000; i < 15_000; i++) {
      ask(blocks, digests[i]);
    }
    int here = 0;
    for (int i = 0; i < 600; i++) {
      here += ask(blocks, digests[i]) ? 1 : 0;
    }
    assertThat(here).isEqualTo(600);
  }

  @Test
  void whatLeftAndCameBackStaysLongerThanWhatIsNew() {
    Replacement blocks = new Replacement(MANY, 100L * BLOCK);
    for (int i = 0; i < 150; i++) {
      ask(blocks, digests[i]);
    }
    assertThat(cached).doesNotContain(digests[0]);
    ask(blocks, digests[0]);
    for (int i = 1000; i < 1200; i++) {
      ask(blocks, digests[i]);
    }
    assertThat(cached).contains(digests[0]);
  }

  @Test
  void aPinnedBlockStaysWhateverHappens() {
    Replacement blocks = new Replacement(MANY, 50L * BLOCK);
    ask(blocks, digests[0]);
    blocks.pin(digests[0]);
    for (int i = 1; i < 5000; i++) {
      ask(blocks, digests[i]);
    }
    assertThat(cached).contains(digests[0]);
    blocks.unpinAll();
    blocks.setQuota(0);
    blocks.evict(0, cached::remove);
    assertThat(cached).isEmpty();
  }

  @Test
  void wherePinnedBlocksTakeAllThereIsAnEndToLookingForRoom() {
    Replacement blocks = new Replacement(MANY, 10L * BLOCK);
    for (int i = 0; i < 10; i++) {
      ask(blocks, digests[i]);
      blocks.pin(digests[i]);
    }
    blocks.evict(BLOCK, cached::remove);
    assertThat(cached).hasSize(10);
  }

  @Test
  void theTableIsBoundedByEntriesToo() {
    Replacement blocks = new Replacement(500, 1L << 40);
    for (int i = 0; i < 5000; i++) {
      ask(blocks, digests[i]);
    }
    assertThat(blocks.entries()).isBetween(400, 500);
  }

  @Test
  void whatIsDoubtedMustBeVerifiedAgain() {
    Replacement blocks = new Replacement(MANY, 10L * BLOCK);
    blocks.add(1, BLOCK, State.UNVERIFIED);
    assertThat(blocks.look(1)).isEqualTo(State.UNVERIFIED);
    blocks.add(1, BLOCK, State.VERIFIED);
    assertThat(blocks.use(1)).isEqualTo(State.VERIFIED);
    blocks.doubt(1);
    assertThat(blocks.use(1)).isEqualTo(State.UNVERIFIED);
  }
}
