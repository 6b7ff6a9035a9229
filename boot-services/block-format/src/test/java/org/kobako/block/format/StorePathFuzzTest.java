package org.kobako.block.format;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class StorePathFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void whatParsesIsItsOwnPath(FuzzedDataProvider data) {
    String path = data.consumeRemainingAsString();
    StorePath.parse(path)
        .ifPresent(parsed -> {
          if (!parsed.relative().equals(path) || path.contains("..") && path.contains("/../")) {
            throw new AssertionError(path);
          }
        });
  }
}
