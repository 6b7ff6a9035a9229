package org.kobako.block.format;

import java.util.regex.Pattern;

/**
 * The name of an image, safe as a file name and in a URL: 1-64 of {@code a-z A-Z 0-9 . _ -}, not
 * beginning with {@code .} or {@code -}.
 */
public record ImageName(String value) {
  public static final int MAX_CHARS = 64;

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

  public ImageName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "image name '"
              + value
              + "' is refused: use 1-64 of a-z A-Z 0-9 . _ - and begin with a letter or digit");
    }
  }

  public static boolean isValid(String value) {
    return VALID.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
