package org.kobako.boot.plan;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a boot file, the same over TFTP and HTTP: {@code amd64/vmlinuz}. Relative, of at most
 * 255 characters; each part between slashes is of {@code a-z A-Z 0-9 . _ + ~ -} and begins with no
 * dot, so that a name means a file below the folder of boot files, and is itself in a URL and in a
 * script.
 */
public final class BootFileName {
  public static final int MAX_CHARS = 255;

  private static final String PART = "[A-Za-z0-9_+~-][A-Za-z0-9._+~-]*+";
  private static final Pattern VALID = Pattern.compile(PART + "(?:/" + PART + ")*+");

  private final String value;

  private BootFileName(String value) {
    this.value = value;
  }

  /** Empty if it is no name of a boot file. */
  public static Optional<BootFileName> parse(String text) {
    return text.length() <= MAX_CHARS && VALID.matcher(text).matches()
        ? Optional.of(new BootFileName(text))
        : Optional.empty();
  }

  /**
   * A name that we or the operator wrote.
   *
   * @throws IllegalArgumentException if it is no name of a boot file, with the reason
   */
  public static BootFileName of(String text) {
    return parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "boot file name '"
                    + text
                    + "' is refused: use a path below the boot files, of a-z A-Z 0-9 . _ + ~ -"
                    + " and /, without parts that begin with a dot"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BootFileName name && name.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
