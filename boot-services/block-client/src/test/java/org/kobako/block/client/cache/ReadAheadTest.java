package org.kobako.block.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private final ReadAhead readAhead = new ReadAhead(8);

  @Test
  void aFirstReadPrefetchesNothing() {
    assertThat(readAhead.noteRead(5, 5)).isZero();
  }

  @Test
  void theWindowOfASequentialReaderGrowsToItsBound() {
    readAhead.noteRead(0, 0);
    assertThat(readAhead.noteRead(1, 1)).isEqualTo(range(2, 4));
    assertThat(readAhead.noteRead(2, 2)).isEqualTo(range(4, 7));
    assertThat(readAhead.noteRead(3, 3)).isEqualTo(range(7, 12));
    assertThat(readAhead.noteRead(4, 4)).isEqualTo(range(12, 13));
  }

  @Test
  void readsWithinOneBlockDoNotGrowTheWindow() {
    readAhead.noteRead(0, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(readAhead.noteRead(0, 0)).isZero();
    }
  }

  @Test
  void randomReadsPrefetchNothing() {
    for (int block : new int[] {9, 2, 77, 40, 12, 5, 99, 31, 60, 200}) {
      assertThat(readAhead.noteRead(block, block)).isZero();
    }
  }

  @Test
  void twoReadersAreFollowedAtOnce() {
    readAhead.noteRead(0, 0);
    readAhead.noteRead(1000, 1000);
    assertThat(readAhead.noteRead(1, 1)).isEqualTo(range(2, 4));
    assertThat(readAhead.noteRead(1001, 1001)).isEqualTo(range(1002, 1004));
  }

  @Test
  void withoutAWindowNothingIsPrefetched() {
    ReadAhead none = new ReadAhead(0);
    none.noteRead(0, 0);
    assertThat(none.noteRead(1, 1)).isZero();
  }

  private static long range(int from, int to) {
    return (long) from << 32 | to;
  }
}
