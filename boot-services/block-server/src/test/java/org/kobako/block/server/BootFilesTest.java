package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.boot.plan.BootFile;

/** Boot files over HTTP, as UEFI and iPXE fetch them. */
class BootFilesTest {
  private static final byte[] KERNEL = "kernel".repeat(50_000).getBytes(StandardCharsets.US_ASCII);

  @TempDir Path store;
  private final HttpClient client = HttpClient.newHttpClient();
  private TestBox box;
  private Path kernel;

  @BeforeEach
  void startBox() throws Exception {
    kernel = Files.write(store.resolve("vmlinuz"), KERNEL);
    box =
        new TestBox(
            BlockServerConfig.of(store)
                .withBootFiles(name ->
                    switch (name.toString()) {
                      case "amd64/vmlinuz" ->
                          Optional.of(new BootFile(FileChannel.open(kernel), KERNEL.length, 7));
                      case "broken" -> throw new IOException("the disk is gone");
                      default -> Optional.empty();
                    }));
  }

  @AfterEach
  void stopBox() throws Exception {
    box.close();
    client.close();
  }

  private HttpResponse<byte[]> request(String method, String path, String... fields)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(box.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void headTellsTheLengthThatGetSends() throws Exception {
    HttpResponse<byte[]> head = request("HEAD", "boot/amd64/vmlinuz");
    HttpResponse<byte[]> get = request("GET", "boot/amd64/vmlinuz");
    assertThat(get.body()).isEqualTo(KERNEL);
    assertThat(head.headers().firstValueAsLong("content-length")).hasValue(KERNEL.length);
    assertThat(head.headers().firstValue("etag")).isEqualTo(get.headers().firstValue("etag"));
  }

  @Test
  void aCacheAsksAgainAndIsToldThatNothingChanged() throws Exception {
    HttpResponse<byte[]> first = request("GET", "boot/amd64/vmlinuz");
    assertThat(first.headers().firstValue("cache-control")).contains("no-cache");
    String etag = first.headers().firstValue("etag").orElseThrow();
    assertThat(request("GET", "boot/amd64/vmlinuz", "If-None-Match", etag).statusCode())
        .isEqualTo(304);
  }

  @Test
  void aRangeIsSent() throws Exception {
    HttpResponse<byte[]> part = request("GET", "boot/amd64/vmlinuz", "Range", "bytes=6-11");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).asString().isEqualTo("kernel");
  }

  @Test
  void aFileThatIsNotThereIs404AndOneThatCannotBeOpened503() throws Exception {
    assertThat(request("GET", "boot/other").statusCode()).isEqualTo(404);
    assertThat(request("GET", "boot/broken").statusCode()).isEqualTo(503);
  }
}
