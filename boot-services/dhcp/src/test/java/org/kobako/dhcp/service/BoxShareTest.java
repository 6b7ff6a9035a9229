package org.kobako.dhcp.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.lease.Client;

class BoxShareTest {
  @Test
  void theMixingTableIsAPermutation() {
    int[] ofOneByte =
        IntStream.range(0, 256).map(i -> BoxShare.hash(new byte[] {(byte) i})).toArray();

    assertThat(IntStream.of(ofOneByte).distinct().count()).isEqualTo(256);
  }

  @Test
  void everyMachineBelongsToOneBoxAndEveryBoxHasItsShare() {
    int[] shares = new int[4];
    for (long mac = 1; mac <= 4000; mac++) {
      shares[BoxShare.boxOf(new Client(new MacAddress(mac * 7919), null), 3)]++;
    }

    assertThat(shares[0]).isZero();
    assertThat(IntStream.of(shares).skip(1)).allMatch(share -> share > 1000);
  }
}
