package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReaderAgentTest {
  @Test
  void whatAMachineSaysIsUnderstood() {
    ReaderAgent agent = new ReaderAgent(new ImageName("debian-12.1_x"), StorePath.MAX_VERSION);

    assertThat(agent.value()).isEqualTo("kobako debian-12.1_x/999999999999999999");
    assertThat(ReaderAgent.parse(agent.value())).contains(agent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kobako",
        "kobako debian",
        "kobako /3",
        "kobako debian/",
        "kobako debian/0",
        "kobako debian/03",
        "kobako debian/ 3",
        "kobako debian/3 ",
        "kobako debian/-1",
        "kobako debian/1000000000000000000",
        "kobako ../3",
        "kobako debian/3/4",
        "curl debian/3",
        "curl/7.88.1"
      })
  void whatNoMachineSaysIsNobodys(String value) {
    assertThat(ReaderAgent.parse(value)).isEmpty();
  }
}
