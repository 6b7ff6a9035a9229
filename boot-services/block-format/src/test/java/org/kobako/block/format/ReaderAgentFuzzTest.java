package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class ReaderAgentFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void whatIsUnderstoodIsWhatAMachineWrites(FuzzedDataProvider data) {
    String value = data.consumeRemainingAsString();
    ReaderAgent.parse(value).ifPresent(agent -> assertThat(agent.value()).isEqualTo(value));
  }
}
