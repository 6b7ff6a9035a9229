package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;

class BootDirectoryTest {
  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void makeFiles() throws IOException {
    root = Files.createDirectories(temp.resolve("boot"));
    Files.createDirectories(root.resolve("amd64"));
    Files.writeString(root.resolve("amd64/vmlinuz"), "kernel");
    Files.writeString(temp.resolve("secret"), "secret");
  }

  private Optional<BootFile> open(String name) throws IOException {
    return new BootDirectory(root).open(BootFileName.of(name));
  }

  @Test
  void aFileKeepsItsBytesWhenAnotherTakesItsName() throws IOException {
    try (BootFile file = open("amd64/vmlinuz").orElseThrow()) {
      Files.writeString(root.resolve("amd64/new"), "other");
      Files.move(
          root.resolve("amd64/new"),
          root.resolve("amd64/vmlinuz"),
          StandardCopyOption.REPLACE_EXISTING);
      ByteBuffer bytes = ByteBuffer.allocate((int) file.lengthBytes());
      file.bytes().read(bytes);
      assertThat(bytes.array()).asString().isEqualTo("kernel");
    }
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), temp.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), temp);
    assertThat(open("link")).isEmpty();
    assertThat(open("up/secret")).isEmpty();
  }

  @Test
  void foldersAndWhatIsNotThereAreNoFiles() throws IOException {
    assertThat(open("amd64")).isEmpty();
    assertThat(open("amd64/vmlinuz/x")).isEmpty();
    assertThat(open("arm64/vmlinuz")).isEmpty();
    assertThat(new BootDirectory(temp.resolve("none")).open(BootFileName.of("x"))).isEmpty();
  }
}
