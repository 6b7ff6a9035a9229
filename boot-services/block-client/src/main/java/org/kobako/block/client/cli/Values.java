package org.kobako.block.client.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The kinds of value that options have; each refusal names what is allowed. */
public final class Values {
  private Values() {}

  /** Any text but an empty one. */
  public static Value<String> text() {
    return text -> {
      if (text.isEmpty()) {
        throw new UsageException("is empty");
      }
      return text;
    };
  }

  public static Value<Path> path() {
    return text -> {
      try {
        return Path.of(text().read(text));
      } catch (InvalidPathException e) {
        throw new UsageException("is no path: " + e.getReason());
      }
    };
  }

  /** A whole number in a range, both ends included. */
  public static Value<Integer> integer(int min, int max) {
    return text -> {
      try {
        int number = Integer.parseInt(text);
        return inRange(number, number, min, max, min + ".." + max);
      } catch (NumberFormatException e) {
        throw new UsageException("is no whole number (" + min + ".." + max + ")");
      }
    };
  }

  /** Whole numbers in a range, both ends included, with commas between. */
  public static Value<List<Integer>> integers(int min, int max) {
    Value<Integer> one = integer(min, max);
    return text -> {
      List<Integer> numbers = new ArrayList<>();
      for (String word : text.split(",", -1)) {
        numbers.add(one.read(word));
      }
      return List.copyOf(numbers);
    };
  }

  /** A size in bytes ({@link Units}) in a range, both ends included. */
  public static Value<Long> size(long min, long max) {
    String range = Units.formatSize(min) + ".." + Units.formatSize(max);
    return text -> {
      Optional<Long> bytes = Units.parseSize(text);
      if (bytes.isEmpty()) {
        throw new UsageException("is no size: write 65536, 64K or 1M (" + range + ")");
      }
      return inRange(bytes.get(), bytes.get(), min, max, range);
    };
  }

  /** A duration ({@link Units}) in a range, both ends included. */
  public static Value<Duration> duration(Duration min, Duration max) {
    String range = Units.formatDuration(min) + ".." + Units.formatDuration(max);
    return text -> {
      Optional<Duration> duration = Units.parseDuration(text);
      if (duration.isEmpty()) {
        throw new UsageException("is no duration: write 250ms, 3s, 2m or 1h (" + range + ")");
      }
      return inRange(
          duration.get(), duration.get().toMillis(), min.toMillis(), max.toMillis(), range);
    };
  }

  /** One of some values, each by its word. */
  public static <T> Value<T> oneOf(List<T> values, Function<T, String> word) {
    return text -> {
      StringBuilder words = new StringBuilder();
      for (T value : values) {
        if (word.apply(value).equals(text)) {
          return value;
        }
        words.append(words.isEmpty() ? "" : ", ").append(word.apply(value));
      }
      throw new UsageException("is none of: " + words);
    };
  }

  private static <T> T inRange(T value, long number, long min, long max, String range)
      throws UsageException {
    if (number < min || number > max) {
      throw new UsageException("is out of range (" + range + ")");
    }
    return value;
  }
}
