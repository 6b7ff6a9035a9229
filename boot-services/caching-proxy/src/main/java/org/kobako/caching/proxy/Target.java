package org.kobako.caching.proxy;

import java.util.Optional;
import org.kobako.block.format.PercentEncoding;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.BootFileName;

/** What a proxy may fetch and keep: a file of a store, or a boot file. Nothing else. */
public sealed interface Target {
  /** The path below an upstream's URL, and below the cache's directory. */
  String relative();

  /** A file of a store. */
  record InStore(StorePath path) implements Target {
    @Override
    public String relative() {
      return path.relative();
    }
  }

  /** A boot file. */
  record Boot(BootFileName name) implements Target {
    @Override
    public String relative() {
      return BOOT_FILES + name;
    }
  }

  String BOOT_FILES = "boot/";

  /**
   * What a request asks for; empty if that is nothing of the kind.
   *
   * @param rawPath of a request, from the slash to the query, still percent-encoded
   */
  static Optional<Target> of(String rawPath) {
    return rawPath.startsWith("/")
        ? PercentEncoding.decode(rawPath.substring(1)).flatMap(Target::ofRelative)
        : Optional.empty();
  }

  private static Optional<Target> ofRelative(String relative) {
    return relative.startsWith(BOOT_FILES)
        ? BootFileName.parse(relative.substring(BOOT_FILES.length())).map(Boot::new)
        : StorePath.parse(relative).map(InStore::new);
  }
}
