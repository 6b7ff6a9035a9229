package org.kobako.block.server;

import java.util.Optional;
import org.eclipse.jetty.http.HttpMethod;
import org.kobako.block.format.PercentEncoding;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.BootFileName;

/**
 * What a request line asks for: a path of a store, a boot file, or nothing that could be answered.
 *
 * <p>The jail of the server. A path is percent-decoded once (RFC 3986 section 2.1) and must then be
 * a {@link StorePath}, or {@code boot/} and a {@link BootFileName}, letter by letter. Nothing is
 * normalized: a path with {@code ..}, {@code //} or {@code ;} in it is not in a store, whatever it
 * would lead to.
 */
sealed interface RequestTarget {
  /** A file that a store may have. */
  record InStore(StorePath path) implements RequestTarget {}

  /** A boot file, from a folder or made for the machine that asks. */
  record BootFile(BootFileName name) implements RequestTarget {}

  /** Refused without a look at the disk. */
  record Refused(ResponsePlan.Refusal why) implements RequestTarget {}

  String BOOT_FILES = "boot/";

  /** Every path of a store, with each of its characters percent-encoded, is shorter. */
  int MAX_PATH_CHARS = 512;

  /**
   * @param rawPath as it came: from the slash to the query, still percent-encoded
   */
  static RequestTarget of(String method, String rawPath) {
    if (!HttpMethod.GET.is(method) && !HttpMethod.HEAD.is(method)) {
      return new Refused(ResponsePlan.METHOD_NOT_ALLOWED);
    }
    if (rawPath.length() > MAX_PATH_CHARS || !rawPath.startsWith("/")) {
      return new Refused(ResponsePlan.NOT_FOUND);
    }
    Optional<String> path = PercentEncoding.decode(rawPath.substring(1));
    if (path.isEmpty()) {
      return new Refused(ResponsePlan.BAD_REQUEST);
    }
    Optional<RequestTarget> target =
        path.get().startsWith(BOOT_FILES)
            ? BootFileName.parse(path.get().substring(BOOT_FILES.length())).map(BootFile::new)
            : StorePath.parse(path.get()).map(InStore::new);
    return target.orElse(new Refused(ResponsePlan.NOT_FOUND));
  }
}
