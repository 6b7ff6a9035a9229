package org.kobako.block.client.cli;

/**
 * A word of a command line that is told by its place; all of a command's operands must be given.
 *
 * @param name what stands for it in help: {@code STORE}
 */
public record Operand<T>(String name, Value<T> value, String description) {
  T read(String text) throws UsageException {
    try {
      return value.read(text);
    } catch (UsageException e) {
      throw new UsageException(name + " '" + text + "' " + e.getMessage());
    }
  }
}
