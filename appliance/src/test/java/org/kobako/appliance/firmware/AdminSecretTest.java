package org.kobako.appliance.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.appliance.firmware.AdminSecret.Verdict;

class AdminSecretTest {
  /** By sha256sum, without a newline. */
  private static final String WORDS = "pgcdy-78vjz-49m2s-yugvw";

  private static final String SHA256 =
      "c1a25ab3371241ea85db73da64165471872d3d9519c11862fd126fc77dfe9140";

  @TempDir Path directory;
  private final AtomicLong clockNs = new AtomicLong(Long.MAX_VALUE - 1000); // it may wrap
  private AdminSecret secret;

  @BeforeEach
  void read() throws IOException {
    secret = read(SHA256 + "\n");
  }

  private AdminSecret read(String text) throws IOException {
    return AdminSecret.read(
        Files.writeString(directory.resolve("admin-secret.sha256"), text), clockNs::get);
  }

  @Test
  void theSecretAndNothingElseIsRight() {
    assertThat(secret.check(WORDS)).isEqualTo(Verdict.RIGHT);
    assertThat(secret.check(WORDS + " ")).isEqualTo(Verdict.WRONG);
    assertThat(secret.check("")).isEqualTo(Verdict.WRONG);
    assertThat(secret.check(SHA256)).isEqualTo(Verdict.WRONG);
  }

  @Test
  void guessesAreSlowedDownAndTheRightOneIsTakenAgainAfterAWhile() {
    for (int i = 0; i < AdminSecret.BURST; i++) {
      assertThat(secret.check("guess " + i)).isEqualTo(Verdict.WRONG);
    }
    assertThat(secret.check("another")).isEqualTo(Verdict.TOO_MANY);
    assertThat(secret.check(WORDS)).isEqualTo(Verdict.TOO_MANY);

    clockNs.addAndGet(AdminSecret.REFILL_NS);
    assertThat(secret.check("one more")).isEqualTo(Verdict.WRONG);
    assertThat(secret.check("and one")).isEqualTo(Verdict.TOO_MANY);

    clockNs.addAndGet(AdminSecret.REFILL_NS);
    assertThat(secret.check(WORDS)).isEqualTo(Verdict.RIGHT);
    assertThat(secret.check(WORDS)).isEqualTo(Verdict.RIGHT);
  }

  @Test
  void afterADayNoMoreGuessesAreSavedUpThanAtTheStart() {
    clockNs.addAndGet(86_400_000_000_000L);
    for (int i = 0; i < AdminSecret.BURST; i++) {
      assertThat(secret.check("guess " + i)).isEqualTo(Verdict.WRONG);
    }
    assertThat(secret.check(WORDS)).isEqualTo(Verdict.TOO_MANY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pgcdy-78vjz-49m2s-yugvw", "00", "zz"})
  void aFileWithoutADigestIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("admin-secret.sha256 holds no SHA-256 in 64 hexadecimal digits");
  }
}
