package org.kobako.block.client.cli;

import org.jspecify.annotations.Nullable;

/**
 * One line of a command's option table.
 *
 * @param name without the two dashes, lower-case-with-dashes
 * @param metavar what stands for the value in help: {@code SIZE}; empty for a flag, which has none
 * @param value reads the value
 * @param defaultText what is read where the option is not given; null where nothing is
 * @param required whether the command line is refused without it
 * @param description for help: what it does, unit and range
 */
public record Option<T>(
    String name,
    String metavar,
    Value<T> value,
    @Nullable String defaultText,
    boolean required,
    String description) {

  /** An option that must be given. */
  public static <T> Option<T> required(
      String name, String metavar, Value<T> value, String description) {
    return new Option<>(name, metavar, value, null, true, description);
  }

  /** An option that may be left out, which {@link Arguments#find} tells. */
  public static <T> Option<T> optional(
      String name, String metavar, Value<T> value, String description) {
    return new Option<>(name, metavar, value, null, false, description);
  }

  /** An option that has a value in any case. */
  public static <T> Option<T> withDefault(
      String name, String metavar, Value<T> value, String defaultText, String description) {
    return new Option<>(name, metavar, value, defaultText, false, description);
  }

  /** An option without a value: given or not. */
  public static Option<Boolean> flag(String name, String description) {
    return new Option<>(name, "", "true"::equals, "false", false, description);
  }

  boolean isFlag() {
    return metavar.isEmpty();
  }

  /** As it is written: {@code --name NAME}. */
  String usage() {
    return isFlag() ? "--" + name : "--" + name + " " + metavar;
  }

  T read(String text) throws UsageException {
    try {
      return value.read(text);
    } catch (UsageException e) {
      throw new UsageException(
          "--" + name + " " + (text.isEmpty() ? "''" : text) + " " + e.getMessage());
    }
  }
}
