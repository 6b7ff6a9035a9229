package org.kobako.caching.proxy.disk;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class FileHeadFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void whateverLiesOnTheDiskIsNoHeadOrOneThatIsWrittenTheSame(FuzzedDataProvider data) {
    long nowEpochMs = data.consumeLong(0, FileHead.FOREVER_MS);
    FileHead.parse(data.consumeRemainingAsString())
        .ifPresent(head -> {
          assertThat(FileHead.parse(head.toText())).contains(head);
          assertThat(head.digestHex()).matches("[0-9a-f]{64}");
          assertThat(head.lengthBytes()).isNotNegative();
          if (head.isFresh(nowEpochMs) && head.staleMs() > 0) {
            assertThat(head.isUsableAlone(nowEpochMs)).isTrue(); // no sum of times overflows
          }
        });
  }
}
