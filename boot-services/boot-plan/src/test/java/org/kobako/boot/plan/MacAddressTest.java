package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
  @Test
  void colonsAndDashesAndBothCasesMeanTheSame() {
    MacAddress mac = MacAddress.parse("52:54:00:AB:cd:0F").orElseThrow();
    assertThat(MacAddress.parse("52-54-00-ab-cd-0f")).contains(mac);
    assertThat(mac).hasToString("52:54:00:ab:cd:0f");
    assertThat(mac.dashed()).isEqualTo("52-54-00-ab-cd-0f");
  }

  @Test
  void bytesGoThereAndBack() {
    byte[] packet = {9, (byte) 0xfe, 0, 1, 2, 3, (byte) 0x80, 9};
    MacAddress mac = MacAddress.of(packet, 1);
    assertThat(mac).hasToString("fe:00:01:02:03:80");
    assertThat(MacAddress.of(mac.bytes(), 0)).isEqualTo(mac);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "52:54:00:ab:cd",
        "52:54:00:ab:cd:0f:11",
        "525400abcd0f",
        "52:54:00:ab:cd:0g",
        "../54:00:ab:cd:0f",
        "52:54:00:ab:cd:0f "
      })
  void anythingElseIsNoAddress(String text) {
    assertThat(MacAddress.parse(text)).isEmpty();
  }

  @Test
  void moreThan48BitsAreRefused() {
    assertThatThrownBy(() -> new MacAddress(1L << 48)).hasMessageContaining("48 bits");
  }
}
