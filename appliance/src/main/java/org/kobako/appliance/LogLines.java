package org.kobako.appliance;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * How log lines look: {@code time area: what happened to whom, why, what next}, one line each, on
 * standard error. Jetty's own speak only from warnings on.
 */
final class LogLines extends Formatter {
  private static final String FORMAT_PROPERTY = "java.util.logging.SimpleFormatter.format";

  /** Kept: java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  private LogLines() {}

  /** From now on, unless the user has another format. */
  static void setUp() {
    // Jetty asks for the time of day: in UTC that takes no tables.
    TimeZone.setDefault(new SimpleTimeZone(0, "UTC"));
    JETTY.setLevel(Level.WARNING);
    if (System.getProperty(FORMAT_PROPERTY) == null) {
      LogLines lines = new LogLines();
      for (Handler handler : Logger.getLogger("").getHandlers()) {
        handler.setFormatter(lines);
      }
    }
  }

  /**
   * Time in UTC, message, and of an exception its stack trace. By hand: the JDK's own formats bring
   * the tables of all time zones and languages, which take 2 MB of a box's memory.
   */
  @Override
  public String format(LogRecord record) {
    long epochSecond = record.getInstant().getEpochSecond();
    StringBuilder line = new StringBuilder();
    line.append(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC));
    if (epochSecond % 60 == 0) {
      line.append(":00"); // which the JDK leaves out
    }
    line.append("Z ").append(formatMessage(record)).append('\n');
    if (record.getThrown() != null) {
      StringWriter trace = new StringWriter();
      record.getThrown().printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }
}
