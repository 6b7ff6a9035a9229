package org.kobako.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceTieTest {
  private static final String LINE =
      "  310: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000"
          + "     0        0 81234 2 0000000000000000 0";

  @Test
  void findsTheSocketsOfItsPorts() {
    assertThat(DeviceTie.inodeOf(LINE, Set.of(67, 4011))).contains("81234");
    assertThat(DeviceTie.inodeOf(LINE, Set.of(68))).isEmpty();
    assertThat(DeviceTie.inodeOf("", Set.of(67))).isEmpty();
  }

  @Test
  void readsTheLongAddressesOfTheOtherTable() {
    String line = LINE.replace("00000000:0043", "00000000000000000000000000000000:0FAB");

    assertThat(DeviceTie.inodeOf(line, Set.of(67, 4011))).contains("81234");
  }
}
