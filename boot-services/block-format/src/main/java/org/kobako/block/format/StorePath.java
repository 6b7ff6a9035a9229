package org.kobako.block.format;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path below a store, as a directory and as a URL alike. What does not parse is not in a store:
 * this list is the jail of every server.
 */
public sealed interface StorePath {
  /** The path below the store, with {@code /} between its parts and none before. */
  String relative();

  /** Where it lies in a store that is a directory. */
  default Path in(Path store) {
    return store.resolve(relative());
  }

  /** {@code images/NAME/current}: text, the current version in decimal and a newline. */
  record Current(ImageName image) implements StorePath {
    @Override
    public String relative() {
      return "images/" + image + "/current";
    }
  }

  /** {@code images/NAME/VERSION.index}: a signed block index; never changes once it is there. */
  record Index(ImageName image, long version) implements StorePath {
    public Index {
      requireVersion(version);
    }

    @Override
    public String relative() {
      return "images/" + image + "/" + version + ".index";
    }
  }

  /** {@code images/NAME/VERSION.profile}: a signed boot profile; may be renewed. */
  record Profile(ImageName image, long version) implements StorePath {
    public Profile {
      requireVersion(version);
    }

    @Override
    public String relative() {
      return "images/" + image + "/" + version + ".profile";
    }
  }

  /** {@code blocks/ab/abcdef...}: a stored block; its name is the SHA-256 of its bytes. */
  record Block(String digestHex) implements StorePath {
    @Override
    public String relative() {
      return BLOCKS + digestHex.substring(0, 2) + "/" + digestHex;
    }
  }

  /** The greatest version: 18 digits, so that a sum of two is a long still. */
  long MAX_VERSION = 999_999_999_999_999_999L;

  /** Whether an image can have this version: 1 to {@link #MAX_VERSION}. */
  static boolean isVersion(long version) {
    return version >= 1 && version <= MAX_VERSION;
  }

  private static void requireVersion(long version) {
    if (!isVersion(version)) {
      throw new IllegalArgumentException(
          "version " + version + " is refused: allowed are 1.." + MAX_VERSION);
    }
  }

  String BLOCKS = "blocks/";

  /** In characters: {@code blocks/ab/} and 64 digits, the first two of which are ab. */
  int BLOCK_LENGTH = BLOCKS.length() + 3 + 2 * BlockDigest.BYTES;

  Pattern IMAGE =
      Pattern.compile("images/([^/]{1,64})/(?:current|([1-9][0-9]{0,17})\\.(index|profile))");

  /** Reads a path below a store; empty where no store has such a path, whatever it may contain. */
  static Optional<StorePath> parse(String relative) {
    if (isBlock(relative)) {
      return Optional.of(new Block(relative.substring(BLOCK_LENGTH - 2 * BlockDigest.BYTES)));
    }
    Matcher image = IMAGE.matcher(relative);
    if (!image.matches() || !ImageName.isValid(image.group(1))) {
      return Optional.empty();
    }
    ImageName name = new ImageName(image.group(1));
    if (image.group(2) == null) {
      return Optional.of(new Current(name));
    }
    long version = Long.parseLong(image.group(2));
    return Optional.of(
        image.group(3).equals("index") ? new Index(name, version) : new Profile(name, version));
  }

  /** By hand: a box asks this for every block that it serves. */
  private static boolean isBlock(String relative) {
    int folder = BLOCKS.length();
    if (relative.length() != BLOCK_LENGTH
        || !relative.startsWith(BLOCKS)
        || relative.charAt(folder + 2) != '/'
        || !relative.startsWith(relative.substring(folder, folder + 2), folder + 3)) {
      return false;
    }
    for (int i = folder + 3; i < BLOCK_LENGTH; i++) {
      char c = relative.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Reads the text of a {@code current} file: a version of at least 1, white space around it. */
  static Optional<Long> parseCurrent(String text) {
    String version = text.strip();
    return version.matches("[1-9][0-9]{0,17}")
        ? Optional.of(Long.parseLong(version))
        : Optional.empty();
  }
}
