package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class BoxFilesTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;

  @TempDir Path directory;

  @Test
  void anImageWhoseCurrentVersionIsDamagedIsToldNowAndThenAndTheOthersBoot() throws IOException {
    TestStore store = new TestStore(directory.resolve("store"));
    store.add("alpine", 3, TestDisk.mixed(2 * BLOCK, BLOCK, 1));
    store.add("debian", 1, TestDisk.mixed(2 * BLOCK, BLOCK, 2));
    Path damaged = store.root().resolve("images/debian/current");
    Files.writeString(damaged, "one");
    BoxConfig config = BoxConfig.httpOnly(store.root(), InetAddress.getLoopbackAddress(), 0);
    BoxFiles files = new BoxFiles(config, BoxSize.SMALL);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      for (int i = 0; i < 100; i++) {
        assertThat(files.currentVersions()).isEqualTo(Map.of(new ImageName("alpine"), 3L));
      }
    } finally {
      System.setErr(before);
    }
    assertThat(files.bootableImages()).containsExactly("alpine");
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .hasSize(7) // the 1st, 2nd, 4th ... 64th time
        .allSatisfy(line -> assertThat(line).contains("box: image debian: " + damaged));
  }
}
