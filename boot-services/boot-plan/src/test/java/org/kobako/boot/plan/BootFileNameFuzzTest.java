package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;

class BootFileNameFuzzTest {
  private static final Path FOLDER = Path.of("/boot-files");

  @FuzzTest
  void noNameLeavesTheFolder(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    BootFileName.parse(text)
        .ifPresent(name -> {
          Path file = FOLDER.resolve(name.toString());
          assertThat(file.normalize()).isEqualTo(file);
          assertThat(file).startsWithRaw(FOLDER).isNotEqualTo(FOLDER);
          assertThat(name).hasToString(text);
        });
  }
}
