package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kobako.boot.plan.Notices;
import org.slf4j.LoggerFactory;

class DistinctErrorsTest {
  private static final String NAME = "DistinctErrorsTest";

  private final Logger log = Logger.getLogger(NAME);
  private final List<String> lines = new ArrayList<>();
  private final DistinctErrors errors = new DistinctErrors(LoggerFactory.getLogger(NAME));

  @BeforeEach
  void readTheLog() {
    log.setUseParentHandlers(false);
    log.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  private void count(IOException error) {
    errors.count("cannot read blocks/ab/abc", error, "answered 500");
  }

  @Test
  void anErrorIsLoggedWithItsReasonAndWhatHappensNext() {
    count(new FileSystemException("/srv/store/blocks/ab/abc", null, "Input/output error"));
    assertThat(lines)
        .containsExactly(
            "block-server: cannot read blocks/ab/abc: Input/output error; answered 500 (1 so far)");
  }

  @Test
  void aThousandErrorsOfAKindAreTenLines() {
    for (int i = 0; i < 1000; i++) {
      count(new FileSystemException("/srv/store/" + i, null, "Too many open files"));
    }
    assertThat(lines).hasSize(10);
  }

  @Test
  void anotherKindIsAnotherLine() {
    count(new IOException("one"));
    count(new IOException("another"));
    assertThat(lines).hasSize(2);
  }

  @Test
  void anyNumberOfKindsIsABoundedNumberOfLines() {
    for (int i = 0; i < 100_000; i++) {
      count(new IOException("kind " + i));
    }
    assertThat(lines).hasSizeLessThan(Notices.MAX_KINDS + 20);
  }
}
