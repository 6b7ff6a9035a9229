package org.kobako.boot.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticesTest {
  private final List<String> lines = new ArrayList<>();
  private final Notices notices = new Notices(lines::add);

  @Test
  void aThousandOfAKindAreTenLines() {
    for (int i = 0; i < 1000; i++) {
      notices.count("kind", "machine " + i + " is refused");
    }
    assertThat(lines)
        .hasSize(10)
        .startsWith("machine 0 is refused (1 so far)", "machine 1 is refused (2 so far)")
        .endsWith("machine 511 is refused (512 so far)");
  }

  @Test
  void anotherKindIsAnotherLine() {
    notices.count("one", "one");
    notices.count("another", "another");
    assertThat(lines).hasSize(2);
  }

  @Test
  void anyNumberOfKindsIsABoundedNumberOfLines() {
    for (int i = 0; i < 100_000; i++) {
      notices.count("kind " + i, "it");
    }
    assertThat(lines).hasSizeLessThan(Notices.MAX_KINDS + 20);
  }
}
