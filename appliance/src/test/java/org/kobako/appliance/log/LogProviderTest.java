package org.kobako.appliance.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogProviderTest {
  private static final long NOON = 1_790_000_000L / 86_400 * 86_400 + 12 * 3600;

  @Test
  void aLineBeginsWithItsTimeToTheSecond() {
    assertThat(LogLine.of(NOON, "dhcp: what happened", null))
        .isEqualTo("2026-09-21T12:00:00Z dhcp: what happened\n");
    assertThat(LogLine.of(NOON + 61, "tftp: and then", null))
        .isEqualTo("2026-09-21T12:01:01Z tftp: and then\n");
  }

  @Test
  void anExceptionFollowsItsLine() {
    assertThat(LogLine.of(NOON, "http: broke", new IllegalStateException("why")).lines())
        .startsWith("2026-09-21T12:00:00Z http: broke", "java.lang.IllegalStateException: why")
        .hasSizeGreaterThan(2);
  }

  @Test
  void jettySpeaksFromWarningsOnAndOthersFromInfo() {
    assertThat(LoggerFactory.getILoggerFactory().getLogger("x")).isInstanceOf(LineLogger.class);
    assertThat(LoggerFactory.getLogger("org.kobako.x").isInfoEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("org.kobako.x").isDebugEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("org.eclipse.jetty.x").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("org.eclipse.jetty.x").isWarnEnabled()).isTrue();
  }

  @Test
  void theJdksOwnLoggersSpeakHere() {
    System.Logger logger = System.getLogger("org.kobako.block.client.x");
    assertThat(new LogFinder().getLogger("x", getClass().getModule()).getName()).isEqualTo("x");
    assertThat(logger.isLoggable(System.Logger.Level.INFO)).isTrue();
    assertThat(logger.isLoggable(System.Logger.Level.DEBUG)).isFalse();
    assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(LogFinder.class);
  }

  @Test
  void whatIsSaidByEitherStandsOnStandardErrorInALine() {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      LoggerFactory.getLogger("x").warn("dhcp: {} is {}", "one", 2);
      System.Logger jdks = System.getLogger("org.kobako.block.client.x");
      jdks.log(System.Logger.Level.INFO, "fetch: {0} answers again", "http://box/");
      jdks.log(System.Logger.Level.ERROR, "nbd: broke", new IllegalStateException("why"));
      jdks.log(System.Logger.Level.DEBUG, "nbd: nobody wants to know");
    } finally {
      System.setErr(before);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .containsPattern("(?m)^\\S+Z dhcp: one is 2$")
        .containsPattern("(?m)^\\S+Z fetch: http://box/ answers again$")
        .containsPattern("(?m)^\\S+Z nbd: broke\njava.lang.IllegalStateException: why$")
        .doesNotContain("nobody wants to know");
  }
}
