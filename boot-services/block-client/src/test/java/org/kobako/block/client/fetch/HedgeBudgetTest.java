package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
  private final HedgeBudget budget = new HedgeBudget();

  @Test
  void aBurstIsThereFromTheStart() {
    assertThat(takeAll()).isEqualTo(8);
  }

  @Test
  void twentyFetchesPayForOneHedge() {
    takeAll();
    add(19);
    assertThat(budget.take()).isFalse();
    add(1);
    assertThat(budget.take()).isTrue();
    assertThat(budget.take()).isFalse();
  }

  @Test
  void noMoreThanABurstIsSaved() {
    add(100_000);
    assertThat(takeAll()).isEqualTo(8);
  }

  private void add(int fetches) {
    for (int i = 0; i < fetches; i++) {
      budget.add();
    }
  }

  private int takeAll() {
    int taken = 0;
    while (budget.take()) {
      taken++;
    }
    return taken;
  }
}
