package org.kobako.block.client.cli;

/**
 * Writes JSON (RFC 8259) from front to back, for scripts that read what a command did. Whoever
 * calls it keeps to the order: a name before each value in an object, an end for each begin.
 */
public final class Json {
  private final StringBuilder text = new StringBuilder();
  private boolean needsComma;

  public Json beginObject() {
    return begin('{');
  }

  public Json endObject() {
    return end('}');
  }

  public Json beginArray() {
    return begin('[');
  }

  public Json endArray() {
    return end(']');
  }

  /** Name of the member whose value comes next. */
  public Json name(String name) {
    value(name);
    text.append(": ");
    needsComma = false;
    return this;
  }

  public Json value(String value) {
    separate();
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> {
          if (c < ' ') {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
    return this;
  }

  public Json value(long value) {
    separate();
    text.append(value);
    return this;
  }

  /** A number that JSON can write; one that is not finite becomes null. */
  public Json value(double value) {
    separate();
    text.append(Double.isFinite(value) ? Double.toString(value) : "null");
    return this;
  }

  public Json value(boolean value) {
    separate();
    text.append(value);
    return this;
  }

  private Json begin(char bracket) {
    separate();
    text.append(bracket);
    needsComma = false;
    return this;
  }

  private Json end(char bracket) {
    text.append(bracket);
    needsComma = true;
    return this;
  }

  private void separate() {
    if (needsComma) {
      text.append(", ");
    }
    needsComma = true;
  }

  /** All of it, in one line. */
  @Override
  public String toString() {
    return text.toString();
  }
}
