package org.kobako.block.client.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.block.format.BlockSize;

@Timeout(30)
class BlockCacheTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  private final BlockCache cache = new BlockCache(4, BLOCK);

  @Test
  void aBlockThatIsNotHereIsClaimedToBeFilled() {
    int claimed = cache.pinOrClaim(7);
    assertThat(claimed).isNegative();
    cache.filled(~claimed);
    assertThat(cache.pinOrClaim(7)).isEqualTo(~claimed);
  }

  @Test
  void aBlockIsHeldOnceItIsFilled() {
    int slot = ~cache.pinOrClaim(7);
    assertThat(cache.holds(7)).isFalse();
    cache.filled(slot);
    assertThat(cache.holds(7)).isTrue();
  }

  @Test
  void aPinnedSlotIsNotEvicted() {
    int pinned = fill(1);
    for (int block = 10; block < 100; block++) {
      cache.unpin(fill(block));
    }
    assertThat(cache.pin(1)).isEqualTo(pinned);
  }

  @Test
  void whatWasReadToItsEndInSequenceIsTheFirstToGo() {
    for (int block = 0; block < 4; block++) {
      int slot = fill(block);
      if (block == 2) {
        cache.readToEnd(slot);
      }
      cache.unpin(slot);
    }
    cache.unpin(fill(50));
    assertThat(cache.pin(2)).isEqualTo(-1);
    assertThat(cache.pin(1)).isNotNegative();
  }

  @Test
  void aFailedFillLeavesNothingBehind() {
    cache.failed(~cache.pinOrClaim(3));
    assertThat(cache.pin(3)).isEqualTo(-1);
    assertThat(cache.claimAhead(3)).isNotNegative();
  }

  @Test
  void whoeverAsksForABlockThatIsBeingFilledWaitsForIt() throws InterruptedException {
    int claimed = ~cache.pinOrClaim(3);
    AtomicInteger seen = new AtomicInteger(-2);
    Thread reader = Thread.ofPlatform().start(() -> seen.set(cache.pin(3)));
    while (reader.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    cache.filled(claimed);
    reader.join();
    assertThat(seen).hasValue(claimed);
  }

  @Test
  void twoWhoWaitForRoomForOneBlockShareIt() throws InterruptedException {
    int[] pinned = {fill(0), fill(1), fill(2), fill(3)};
    AtomicInteger claims = new AtomicInteger();
    Runnable reader =
        () -> {
          int slot = cache.pinOrClaim(9);
          if (slot < 0) {
            claims.incrementAndGet();
            cache.filled(~slot);
          }
        };
    Thread one = Thread.ofPlatform().start(reader);
    Thread other = Thread.ofPlatform().start(reader);
    while (one.getState() != Thread.State.WAITING || other.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    synchronized (cache) { // both find room
      cache.unpin(pinned[0]);
      cache.unpin(pinned[1]);
    }
    one.join();
    other.join();
    assertThat(claims).hasValue(1);
  }

  @Test
  void nothingIsPrefetchedIntoACacheFullOfPins() {
    for (int block = 0; block < 4; block++) {
      fill(block);
    }
    assertThat(cache.claimAhead(9)).isEqualTo(-1);
  }

  @Test
  void morePinsThanSlotsAreRefusedBeforeAnyoneCanWaitForever() {
    cache.reservePins(3);
    assertThatThrownBy(() -> cache.reservePins(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--cache");
  }

  /** The open-addressing table against what it should hold, over a long random life. */
  @Test
  void everyBlockIsFoundWhereItIsAndNowhereElse() {
    BlockCache many = new BlockCache(64, BLOCK);
    int[] blockOfSlot = new int[64];
    java.util.Arrays.fill(blockOfSlot, -1);
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      int block = random.nextInt(200) * 64;
      int slot = many.pinOrClaim(block);
      if (slot >= 0) {
        assertThat(blockOfSlot[slot]).isEqualTo(block);
      } else if (random.nextInt(10) == 0) {
        many.failed(~slot);
        blockOfSlot[~slot] = -1;
        continue;
      } else {
        slot = ~slot;
        many.filled(slot);
        blockOfSlot[slot] = block;
      }
      many.unpin(slot);
    }
    assertThat(many.slots()).isEqualTo(64);
  }

  private int fill(int block) {
    int slot = ~cache.pinOrClaim(block);
    cache.filled(slot);
    return slot;
  }
}
