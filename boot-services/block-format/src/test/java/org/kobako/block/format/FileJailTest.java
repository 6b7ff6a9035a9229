package org.kobako.block.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJailTest {
  private @TempDir Path temp;
  private Path root;
  private FileJail jail;
  private long nowNs = Long.MAX_VALUE - 5; // as nanoTime may be

  @BeforeEach
  void makeFiles() throws IOException {
    root = Files.createDirectories(temp.resolve("root"));
    Files.createDirectories(root.resolve("a/b"));
    Files.writeString(root.resolve("a/b/file"), "inside");
    Files.createDirectories(temp.resolve("outside/b"));
    Files.writeString(temp.resolve("outside/b/file"), "outside");
    jail = new FileJail(root, () -> nowNs);
  }

  private void assertNothingAt(String relative) {
    assertThatThrownBy(() -> jail.open(relative).close()).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileHasItsLengthAndTime() throws IOException {
    for (int again = 0; again < 2; again++) {
      try (JailedFile file = jail.open("a/b/file")) {
        assertThat(file.lengthBytes()).isEqualTo("inside".length());
        assertThat(file.modifiedEpochSeconds())
            .isEqualTo(Files.getLastModifiedTime(root.resolve("a/b/file")).toMillis() / 1000);
      }
    }
  }

  @Test
  void noLinkIsFollowedHoweverOftenItIsAskedFor() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve("a/out"), temp.resolve("outside/b"));
    Files.createSymbolicLink(root.resolve("a/b/out"), temp.resolve("outside/b/file"));
    for (int again = 0; again < 2; again++) {
      assertNothingAt("out/b/file");
      assertNothingAt("a/out/file");
      assertNothingAt("a/b/out");
      jail.open("a/b/file").close();
    }
  }

  @Test
  void whatIsKnownOfADirectoryBringsNoFileBack() throws IOException {
    jail.open("a/b/file").close();
    Files.delete(root.resolve("a/b/file"));
    assertNothingAt("a/b/file");
    Files.delete(root.resolve("a/b"));
    assertNothingAt("a/b/file");
    Files.writeString(root.resolve("a/b"), "a file now");
    assertNothingAt("a/b/file");
  }

  @Test
  void aDirectoryThatBecomesALinkIsFollowedForTenSecondsAtMost() throws IOException {
    jail.open("a/b/file").close();
    Files.move(root.resolve("a/b"), root.resolve("a/before"));
    Files.createSymbolicLink(root.resolve("a/b"), temp.resolve("outside/b"));
    nowNs += FileJail.GOOD_FOR_NS;
    assertNothingAt("a/b/file");
  }

  @Test
  void moreDirectoriesThanAreRememberedAreOpenAllTheSame() throws IOException {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1100; i++) {
        Path directory = Files.createDirectories(root.resolve("many/" + i));
        Files.write(directory.resolve("file"), new byte[] {1});
        try (JailedFile file = jail.open("many/" + i + "/file")) {
          assertThat(file.lengthBytes()).isEqualTo(1);
        }
      }
    }
  }
}
