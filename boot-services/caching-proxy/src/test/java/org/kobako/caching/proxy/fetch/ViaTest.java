package org.kobako.caching.proxy.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ViaTest {
  private static final Via MACHINE = new Via("");

  @Test
  void aRequestGoesOnByEachBoxOnce() {
    Via through = MACHINE.and("1.1 kobako-1").and("1.1 kobako-2");
    assertThat(through.text()).isEqualTo("1.1 kobako-1, 1.1 kobako-2");
    assertThat(through.mayGoOnBy("kobako-1")).isFalse();
    assertThat(through.mayGoOnBy("kobako-3")).isTrue();
  }

  @Test
  void aFourthBoxAsksOnAndAFifthDoesNot() {
    Via three = MACHINE.and("1.1 kobako-1").and("1.1 squid").and("1.1 kobako-2").and("kobako-3");
    assertThat(three.mayGoOnBy("kobako-4")).isTrue();
    assertThat(three.and("1.1 kobako-4").mayGoOnBy("kobako-5")).isFalse();
  }

  @Test
  void fieldsOfAnyLengthAreNotRemembered() {
    assertThat(new Via("x".repeat(513)).mayGoOnBy("kobako-1")).isFalse();
  }
}
