package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** As root. */
@Tag("interop")
class PrivilegesInteropTest {
  @TempDir Path temp;

  /** Becomes nobody while other threads run, and prints who each thread is then. */
  static final class BecomeNobody {
    private BecomeNobody() {}

    public static void main(String[] args) throws Exception {
      Thread.ofPlatform().daemon().start(() -> sleepForEver());
      Privileges.become(Privileges.user(Privileges.NOBODY));
      try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
        for (Path thread : threads.toList()) {
          for (String line : Files.readAllLines(thread.resolve("status"))) {
            if (line.matches("(Uid|Gid|Groups|CapEff):.*")) {
              System.out.println(line.replaceAll("\\s+", " ").strip());
            }
          }
        }
      }
    }

    private static void sleepForEver() {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void everyThreadBecomesNobodyAndNoCapabilityIsLeft() throws IOException {
    Privileges.User nobody = Privileges.user(Privileges.NOBODY);
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    List<String> lines =
        Peer.run(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BecomeNobody.class.getName())
            .succeeded()
            .lines()
            .distinct()
            .toList();
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "Uid: %1$d %1$d %1$d %1$d".formatted(nobody.uid()),
            "Gid: %1$d %1$d %1$d %1$d".formatted(nobody.gid()),
            "Groups:",
            "CapEff: 0000000000000000");
  }

  @Test
  void aStoreThatAllMayReadIsServedByNobodyAndOneOfRootsAloneByRoot() throws IOException {
    Path open = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-test");
    try {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertThat(Privileges.userFor(open)).contains(Privileges.user(Privileges.NOBODY));
      Path store = Files.createDirectory(open.resolve("store"));
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx------"));
      assertThat(Privileges.userFor(store)).isEmpty();
    } finally {
      Peer.run("rm", "-r", open.toString()).succeeded();
    }
  }

  @Test
  void aStoreOfAUsersIsServedByThatUser() throws IOException {
    Privileges.User nobody = Privileges.user(Privileges.NOBODY);
    Files.setAttribute(temp, "unix:uid", nobody.uid());
    Files.setAttribute(temp, "unix:gid", nobody.gid());
    assertThat(Privileges.userFor(temp)).contains(nobody);
  }

  @Test
  void aUserThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Privileges.user("nobody-of-this-name"))
        .hasMessage("there is no user nobody-of-this-name: make one, or name another as user");
  }
}
