package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;

class StorePathFuzzTest {
  private static final Path STORE = Path.of("/srv/store");

  @FuzzTest(maxDuration = "30s")
  void whatParsesIsItsOwnPathInsideTheStore(FuzzedDataProvider data) {
    String path = data.consumeRemainingAsString();
    StorePath.parse(path)
        .ifPresent(parsed -> {
          Path file = parsed.in(STORE);
          assertThat(parsed.relative()).isEqualTo(path);
          assertThat(file.normalize()).isEqualTo(file).startsWithRaw(STORE);
          assertThat(STORE.relativize(file)).hasToString(path);
        });
  }
}
