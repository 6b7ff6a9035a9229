package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

@Tag("interop")
class CurlInteropTest {
  @TempDir Path directory;

  private TestBox box;
  private byte[] stored;
  private String url;
  private Path out;

  @BeforeEach
  void serveABlock() throws Exception {
    TestStore store = new TestStore(Files.createDirectories(directory.resolve("store")));
    stored = new byte[1 << 20];
    new Random(2).nextBytes(stored);
    box = new TestBox(store.root());
    url = box.url() + new StorePath.Block(store.put(stored).toHex()).relative();
    out = directory.resolve("out");
  }

  @AfterEach
  void stop() throws Exception {
    box.close();
  }

  private String curl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-o", out.toString()));
    command.addAll(List.of("-w", "%{http_code} %{num_connects} %{size_download}\\n"));
    command.addAll(List.of(arguments));
    return Peer.run(command).succeeded();
  }

  @Test
  void curlFetchesABlock() throws Exception {
    assertThat(curl(url)).isEqualTo("200 1 1048576\n");
    assertThat(out).hasBinaryContent(stored);
  }

  @Test
  void curlResumesWhereItWasCut() throws Exception {
    Files.write(out, Arrays.copyOf(stored, 300_000));
    assertThat(curl("-C", "-", url)).isEqualTo("206 1 748576\n");
    assertThat(out).hasBinaryContent(stored);
  }

  @Test
  void curlDoesNotFetchWhatItHas() throws Exception {
    Path tag = directory.resolve("tag");
    curl("--etag-save", tag.toString(), url);
    assertThat(curl("--etag-compare", tag.toString(), url)).isEqualTo("304 1 0\n");
  }

  @Test
  void curlUsesOneConnectionForManyBlocks() throws Exception {
    String each = "200 %d 1048576\n";
    assertThat(curl(url, "-o", "/dev/null", url, "-o", "/dev/null", url))
        .isEqualTo(each.formatted(1) + each.formatted(0).repeat(2));
  }

  @Test
  void curlSpeaksHttp10() throws Exception {
    assertThat(curl("-0", url)).isEqualTo("200 1 1048576\n");
    assertThat(out).hasBinaryContent(stored);
  }
}
