package org.kobako.block.client.cli;

/** Reads the text of an option or operand. */
@FunctionalInterface
public interface Value<T> {
  /**
   * Reads one text.
   *
   * @throws UsageException if the text is refused; its message goes on behind the option's name and
   *     the text: {@code is out of range (64K..1M)}
   */
  T read(String text) throws UsageException;
}
