package org.kobako.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kobako.boot.plan.MacAddress;

class RequestGateTest {
  private long nowNs = 0;
  private final RequestGate gate = new RequestGate(() -> nowNs);

  @Test
  void oneMachineHasItsShareOfASecondAndThenTheNext() {
    assertThat(admitted(new MacAddress(1), 100)).isEqualTo(RequestGate.MAX_PER_MACHINE);
    nowNs += 1_000_000_000;
    assertThat(admitted(new MacAddress(1), 100)).isEqualTo(RequestGate.MAX_PER_MACHINE);
  }

  @Test
  void aThousandMachinesAreAllAdmitted() {
    int admitted = 0;
    for (int i = 1; i <= 1000; i++) {
      admitted += admitted(new MacAddress(0x5254_0000_0000L + i), 2);
    }
    assertThat(admitted).isEqualTo(2000);
  }

  @Test
  void allTogetherHaveABound() {
    int admitted = 0;
    for (int i = 1; i <= 20_000; i++) {
      admitted += admitted(new MacAddress(i), 1);
    }
    assertThat(admitted).isEqualTo(RequestGate.MAX_IN_ALL);
  }

  private int admitted(MacAddress mac, int requests) {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      admitted += gate.admits(mac) ? 1 : 0;
    }
    return admitted;
  }
}
