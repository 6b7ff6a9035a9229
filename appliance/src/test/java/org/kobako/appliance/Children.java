package org.kobako.appliance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.appliance.child.ChildKobako;

/** Boxes and attached disks in processes of their own, which a test may kill. */
final class Children {
  private Children() {}

  static ChildKobako box(Path log, Path store) throws IOException {
    return ChildKobako.start(
        log, "serve", "--store", store.toString(), "--listen", "127.0.0.1", "--http-port", "0");
  }

  /** The second word of {@code ready: URL serves STORE}. */
  static String urlOf(ChildKobako box) {
    return box.readyLine().split(" ", -1)[1];
  }

  /**
   * Attaches an image; what it says besides goes to {@code attach.log}.
   *
   * @param more {@code --mount DIR} or {@code --nbd ADDRESS}, and further options
   */
  static ChildKobako attach(Path work, String image, String from, String... more)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("attach", image, "--from", from));
    words.addAll(List.of(more));
    return ChildKobako.start(work.resolve("attach.log"), words.toArray(new String[0]));
  }
}
