package org.kobako.block.client.cli;

import java.util.Map;
import java.util.Optional;

/** What a command line says, read by the {@link Syntax} that declared it. */
public final class Arguments {
  /** By option or operand; of an option with neither word nor default there is nothing. */
  private final Map<Object, Object> values;

  Arguments(Map<Object, Object> values) {
    this.values = values;
  }

  @SuppressWarnings("unchecked") // the operand's own Value<T> made it
  public <T> T get(Operand<T> operand) {
    return (T) require(operand, operand.name());
  }

  /** Value of an option that is required, a flag or has a default. */
  @SuppressWarnings("unchecked") // the option's own Value<T> made it
  public <T> T get(Option<T> option) {
    return (T) require(option, option.name());
  }

  /** Value of an option that may be left out. */
  @SuppressWarnings("unchecked") // the option's own Value<T> made it
  public <T> Optional<T> find(Option<T> option) {
    return Optional.ofNullable((T) values.get(option));
  }

  private Object require(Object declared, String name) {
    Object value = values.get(declared);
    if (value == null) {
      throw new IllegalArgumentException(name + " is not in this command's table");
    }
    return value;
  }
}
