package org.kobako.appliance.config;

import io.github.wasabithumb.jtoml.key.TomlKey;
import io.github.wasabithumb.jtoml.value.TomlValue;
import io.github.wasabithumb.jtoml.value.array.TomlArray;
import io.github.wasabithumb.jtoml.value.primitive.TomlPrimitive;
import io.github.wasabithumb.jtoml.value.table.TomlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table of the file. Whoever reads it names each key that it knows; {@link #end} refuses the
 * others, so that a slip of the pen is never taken for a default.
 */
final class Section {
  /** Reads a value's words. */
  interface Reader<T> {
    /**
     * @throws IllegalArgumentException if they are refused, with what is allowed: {@code is no
     *     port: write 1 to 65535}
     */
    T read(String text);
  }

  private final String path;
  private final @Nullable TomlTable table;
  private final Set<String> known = new TreeSet<>();

  private Section(String path, @Nullable TomlTable table) {
    this.path = path;
    this.table = table;
  }

  static Section root(TomlTable table) {
    return new Section("", table);
  }

  /** Whether the file has this table. */
  boolean isThere() {
    return table != null;
  }

  /** A table in this one; an empty one if it is not there. */
  Section section(String key) throws ConfigException {
    TomlValue value = find(key);
    if (value != null && !value.isTable()) {
      throw refused(key, "is one value: write a table, [" + name(key) + "]");
    }
    return new Section(name(key) + ".", value == null ? null : value.asTable());
  }

  /** The tables of an array, [[key]]. */
  List<Section> sections(String key) throws ConfigException {
    TomlValue value = find(key);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw refused(key, "is one value: write tables, each headed [[" + name(key) + "]]");
    }
    List<Section> sections = new ArrayList<>();
    for (TomlValue each : value.asArray()) {
      if (!each.isTable()) {
        throw refused(key, "holds a value: write tables, each headed [[" + name(key) + "]]");
      }
      sections.add(new Section(name(key) + "[" + (sections.size() + 1) + "].", each.asTable()));
    }
    return sections;
  }

  /** A string or a number, by its words. */
  <T> Optional<T> value(String key, Reader<T> reader) throws ConfigException {
    TomlValue value = find(key);
    return value == null ? Optional.empty() : Optional.of(read(key, value, reader));
  }

  /** A value that must be there. */
  <T> T required(String key, Reader<T> reader) throws ConfigException {
    Optional<T> value = value(key, reader);
    if (value.isEmpty()) {
      throw new ConfigException(name(key) + " is missing");
    }
    return value.get();
  }

  /** Strings or numbers in brackets; empty if the key is not there. */
  <T> List<T> values(String key, Reader<T> reader) throws ConfigException {
    TomlValue value = find(key);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw refused(key, "is one value: write a list, [\"...\", \"...\"]");
    }
    TomlArray array = value.asArray();
    List<T> values = new ArrayList<>();
    for (TomlValue each : array) {
      values.add(read(key, each, reader));
    }
    return values;
  }

  /** True or false. */
  Optional<Boolean> flag(String key) throws ConfigException {
    TomlValue value = find(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isPrimitive() || !value.asPrimitive().isBoolean()) {
      throw refused(key, "must be true or false");
    }
    return Optional.of(value.asPrimitive().asBoolean());
  }

  private <T> T read(String key, TomlValue value, Reader<T> reader) throws ConfigException {
    if (!value.isPrimitive()) {
      throw refused(key, "is a list or a table: write one value");
    }
    TomlPrimitive primitive = value.asPrimitive();
    if (!primitive.isString() && !primitive.isInteger()) {
      throw refused(key, "must be a string or a number");
    }
    String text = primitive.isString() ? primitive.asString() : Long.toString(primitive.asLong());
    try {
      return reader.read(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s = \"%s\" is refused: %s".formatted(name(key), text, e.getMessage()), e);
    }
  }

  /** Keys that this section has, read or not. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    if (table != null) {
      for (TomlKey key : table.keys(false)) {
        keys.add(key.get(0));
      }
    }
    return keys;
  }

  /**
   * Every key that is known has been asked for.
   *
   * @throws ConfigException if the file has another
   */
  void end() throws ConfigException {
    for (String key : keys()) {
      if (!known.contains(key)) {
        throw new ConfigException(
            name(key) + " is unknown: known here are " + String.join(", ", known));
      }
    }
  }

  ConfigException refused(String key, String why) {
    return new ConfigException(name(key) + " is refused: it " + why);
  }

  private String name(String key) {
    return path + key;
  }

  private @Nullable TomlValue find(String key) {
    known.add(key);
    return table == null ? null : table.get(TomlKey.literal(key));
  }
}
