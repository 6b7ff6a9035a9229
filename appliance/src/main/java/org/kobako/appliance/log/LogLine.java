package org.kobako.appliance.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** How a log line looks: {@code time area: what happened to whom, why, what next}. */
final class LogLine {
  private LogLine() {}

  /**
   * Time in UTC, message, and of an exception its stack trace.
   *
   * @return with its line end
   */
  static String of(long epochSecond, String message, @Nullable Throwable thrown) {
    StringBuilder line = new StringBuilder();
    line.append(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC));
    if (epochSecond % 60 == 0) {
      line.append(":00"); // which the JDK leaves out
    }
    line.append("Z ").append(message).append('\n');
    if (thrown != null) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }
}
