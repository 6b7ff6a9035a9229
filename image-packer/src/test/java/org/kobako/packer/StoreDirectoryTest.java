package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreDirectoryTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;
  private final List<String> problems = new ArrayList<>();

  @BeforeEach
  void makeStore() throws IOException {
    TestStore store = new TestStore(directory);
    store.add("alpine", 3, TestDisk.mixed(2 * BLOCK, BLOCK, 1));
    store.add("debian", 1, TestDisk.mixed(2 * BLOCK, BLOCK, 2));
    store.add("tiny", 2, TestDisk.mixed(2 * BLOCK, BLOCK, 3));
  }

  private Map<ImageName, Long> currentVersions() throws IOException {
    return StoreDirectory.open(directory).currentVersions(problems::add);
  }

  @Test
  void currentVersionsAreToldByName() throws IOException {
    assertThat(currentVersions())
        .containsExactly(
            Map.entry(new ImageName("alpine"), 3L),
            Map.entry(new ImageName("debian"), 1L),
            Map.entry(new ImageName("tiny"), 2L));
    assertThat(problems).isEmpty();
  }

  @Test
  void whereACurrentVersionIsDamagedTheOthersAreToldStill() throws IOException {
    Path current = directory.resolve("images/debian/current");
    Files.writeString(current, "1x\n");

    assertThat(currentVersions().keySet())
        .containsExactly(new ImageName("alpine"), new ImageName("tiny"));
    assertThat(problems)
        .containsExactly(
            "image debian: "
                + current
                + " holds no version: write one of the versions beside it there");
  }

  @Test
  void whereACurrentVersionCannotBeReadTheOthersAreToldStill() throws IOException {
    Path current = directory.resolve("images/debian/current");
    Files.delete(current);
    Files.createDirectory(current);

    assertThat(currentVersions()).hasSize(2);
    assertThat(problems).singleElement().asString().startsWith("image debian: ");
  }
}
