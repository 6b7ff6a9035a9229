package org.kobako.appliance.log;

import static org.assertj.core.api.Assertions.assertThat;

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
}
