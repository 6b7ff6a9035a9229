package org.kobako.appliance.log;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets what speaks by the JDK's System.Logger, as the block client does, speak by SLF4J. */
public final class LogFinder extends System.LoggerFinder {
  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Forwarding(LoggerFactory.getLogger(name));
  }

  private record Forwarding(Logger logger) implements System.Logger {
    @Override
    public String getName() {
      return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
      return level != Level.OFF && logger.isEnabledForLevel(slf4j(level));
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        logger.atLevel(slf4j(level)).setCause(thrown).log(inLanguage(bundle, message));
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object @Nullable ... parameters) {
      if (isLoggable(level)) {
        String text = inLanguage(bundle, format);
        boolean isPattern = text != null && parameters != null && parameters.length > 0;
        logger.atLevel(slf4j(level)).log(isPattern ? MessageFormat.format(text, parameters) : text);
      }
    }

    private static @Nullable String inLanguage(
        @Nullable ResourceBundle bundle, @Nullable String text) {
      return bundle == null || text == null ? text : bundle.getString(text);
    }

    private static org.slf4j.event.Level slf4j(Level level) {
      return switch (level) {
        case ALL, TRACE -> org.slf4j.event.Level.TRACE;
        case DEBUG -> org.slf4j.event.Level.DEBUG;
        case INFO -> org.slf4j.event.Level.INFO;
        case WARNING -> org.slf4j.event.Level.WARN;
        case ERROR, OFF -> org.slf4j.event.Level.ERROR;
      };
    }
  }
}
