package org.kobako.block.format;

import java.util.Optional;

/**
 * Which version of an image a machine reads, as each of its requests says it: the field {@code
 * User-Agent: kobako debian/3} (RFC 9110 section 10.1.5). A store can tell by it which versions are
 * in use; nobody is trusted for more because of it.
 */
public record ReaderAgent(ImageName image, long version) {
  /** Of a machine that has no index yet. */
  public static final String WITHOUT_INDEX = "kobako";

  private static final String PREFIX = WITHOUT_INDEX + " ";

  public ReaderAgent {
    if (!StorePath.isVersion(version)) {
      throw new IllegalArgumentException("version " + version + " is refused");
    }
  }

  /** The field's value. */
  public String value() {
    return PREFIX + image + "/" + version;
  }

  /** Reads a field's value; empty where somebody else wrote it. */
  public static Optional<ReaderAgent> parse(String value) {
    int slash = value.indexOf('/');
    if (slash < 0 || !value.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String image = value.substring(PREFIX.length(), slash);
    String digits = value.substring(slash + 1);
    Optional<Long> version = StorePath.parseCurrent(digits);
    return ImageName.isValid(image) && version.isPresent() && digits.equals(digits.strip())
        ? Optional.of(new ReaderAgent(new ImageName(image), version.get()))
        : Optional.empty();
  }
}
