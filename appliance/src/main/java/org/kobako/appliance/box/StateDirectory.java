package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The folder of what a box must remember over a restart: its leases. */
final class StateDirectory {
  private static final Path ROOTS = Path.of("/var/lib/kobako");
  private static final String LEASES = "dhcp.leases";

  private StateDirectory() {}

  /** The one that the configuration names, or the usual one of whoever runs the box. */
  static Path of(BoxConfig config) throws IOException {
    return of(config.state());
  }

  static Path of(Optional<Path> named) throws IOException {
    if (named.isPresent()) {
      return named.get();
    }
    if (Privileges.isRoot()) {
      return ROOTS;
    }
    String home = System.getenv("XDG_STATE_HOME");
    return home == null
        ? Path.of(System.getProperty("user.home"), ".local/state/kobako")
        : Path.of(home, "kobako");
  }

  /** Makes it if it is not there. */
  static Path make(BoxConfig config) throws IOException {
    return Files.createDirectories(of(config));
  }

  /** The file that DHCP remembers its leases in; others whose names begin so are DHCP's, too. */
  static Path leases(BoxConfig config) throws IOException {
    return of(config).resolve(LEASES);
  }

  /** Gives it and the box's files in it to a user, who writes there from then on. */
  static void giveTo(BoxConfig config, Privileges.User user) throws IOException {
    Path directory = make(config);
    try (DirectoryStream<Path> ours = Files.newDirectoryStream(directory, LEASES + "*")) {
      for (Path file : ours) {
        chown(file, user);
      }
    }
    chown(directory, user);
  }

  private static void chown(Path file, Privileges.User user) throws IOException {
    Files.setAttribute(file, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(file, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
  }
}
