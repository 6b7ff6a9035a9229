package org.kobako.appliance;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How log lines look: {@code time area: what happened to whom, why, what next}, one line each, on
 * standard error. Jetty's own speak only from warnings on.
 */
final class LogLines {
  private static final String FORMAT_PROPERTY = "java.util.logging.SimpleFormatter.format";

  /** Time, message, and of an exception its stack trace. */
  private static final String FORMAT = "%1$tF %1$tT %5$s%6$s%n";

  /** Kept: java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  private LogLines() {}

  static void setUp() {
    if (System.getProperty(FORMAT_PROPERTY) == null) {
      System.setProperty(FORMAT_PROPERTY, FORMAT);
    }
    JETTY.setLevel(Level.WARNING);
  }
}
