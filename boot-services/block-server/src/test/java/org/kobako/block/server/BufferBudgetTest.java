package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferBudgetTest {
  private static final int WHOLE = 4 << 20;

  @Test
  void aResponseGetsAFullPieceWhileThereIsPlenty() {
    assertThat(new BufferBudget(WHOLE).take(1 << 20)).isEqualTo(64 << 10);
  }

  @Test
  void aShortResponseGetsWholePagesAndNoMore() {
    BufferBudget budget = new BufferBudget(WHOLE);
    assertThat(budget.take(1)).isEqualTo(4 << 10);
    assertThat(budget.take(4096)).isEqualTo(4 << 10);
    assertThat(budget.take(4097)).isEqualTo(8 << 10);
  }

  @Test
  void aThousandSlowReadersTakeWhatWasGivenAndAPageEach() {
    BufferBudget budget = new BufferBudget(WHOLE);
    int readers = 1000;
    for (int i = 0; i < readers; i++) {
      assertThat(budget.take(Long.MAX_VALUE)).isBetween(4 << 10, 64 << 10);
    }
    assertThat(budget.freeBytes()).isGreaterThan(-readers * (4 << 10));
  }

  @Test
  void whatIsGivenBackIsThereAgain() {
    BufferBudget budget = new BufferBudget(WHOLE);
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      taken.add(budget.take(1 << 20));
    }
    taken.forEach(budget::give);
    assertThat(budget.freeBytes()).isEqualTo(WHOLE);
  }
}
