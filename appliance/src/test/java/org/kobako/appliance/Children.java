package org.kobako.appliance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;

/** Boxes and attached disks in processes of their own, which a test may kill. */
final class Children {
  private Children() {}

  static ChildKobako box(Path log, Path store) throws IOException {
    return ChildKobako.start(
        log, "serve", "--store", store.toString(), "--listen", "127.0.0.1", "--http-port", "0");
  }

  /** A command line that runs {@code kobako} in a VM of its own, wherever a test starts it. */
  static List<String> command(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Kobako.class.getName()));
    command.addAll(List.of(words));
    return command;
  }

  /** The box that a config describes, begun on a host of the test's network; the test ends it. */
  static Process serve(Segment.Host host, Path log, Path config) throws IOException {
    return Peer.start(log, host.command(command("serve", "--config", config.toString())));
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
