package org.kobako.appliance.remote;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.packer.Progress;

/**
 * Sends a packed image to a box: its index, then the blocks that the box has not, over several
 * connections; then it is current there. Begun again after whatever, it sends only what is missing.
 *
 * <p>Threads: the caller asks, "upload-N" send; they end with the call.
 */
public final class ImageUpload {
  /** A box may have a slow card to look at, and to make durable. */
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private static final int MAX_ANSWER_BYTES = 64 << 10;
  private static final int MAX_CONNECTIONS = 4;

  private final UpstreamUrl box;
  private final String secret;
  private final ImageName image;

  public ImageUpload(UpstreamUrl box, String secret, ImageName image) {
    this.box = box;
    this.secret = secret;
    this.image = image;
  }

  /**
   * How an image stands on the box.
   *
   * @param newest the newest version, 0 if there is none
   * @param current the one that machines boot, 0 if there is none
   * @param connections that the box wants at most
   */
  public record Standing(long newest, long current, int connections) {}

  /**
   * What was done.
   *
   * @param unchanged whether the box had the same as its current version already
   * @param sentBlocks blocks sent, and {@code sentBytes} their length
   */
  public record Report(boolean unchanged, long sentBlocks, long sentBytes) {}

  /**
   * Asks how the image stands; a good way to find out early whether the box takes uploads.
   *
   * @throws IOException if it does not, with the reason
   */
  public Standing standing() throws IOException {
    try (BoxConnection connection = connect()) {
      Map<String, Long> numbers =
          numbers(good(connection.send("GET", path(""), BoxConnection.Body.NONE, 1024)));
      return new Standing(
          number(numbers, "newest"),
          number(numbers, "current"),
          Math.clamp(number(numbers, "connections"), 1, MAX_CONNECTIONS));
    }
  }

  /**
   * Sends it.
   *
   * @param store where its index and blocks lie
   * @throws IOException if it did not get there, or is refused, with the reason
   */
  public Report send(Path store, BlockIndex index, int connections, Progress progress)
      throws IOException {
    Path indexFile = new StorePath.Index(image, index.version()).in(store);
    try (BoxConnection connection = connect()) {
      String begun =
          good(
              connection.send(
                  "PUT",
                  path("/" + index.version() + ".index"),
                  new FileBody(indexFile, Files.size(indexFile)),
                  MAX_ANSWER_BYTES));
      if (begun.startsWith("unchanged")) {
        return new Report(true, 0, 0);
      }
      Map<String, Long> numbers = numbers(begun);
      String upload = "/" + number(numbers, "upload");
      long wantedBytes = number(numbers, "wanted");
      AtomicLong sentBytes = new AtomicLong();
      long sentBlocks = 0;
      try (ExecutorService threads =
          Executors.newFixedThreadPool(
              connections, Thread.ofPlatform().name("upload-", 0).daemon().factory())) {
        for (int next = 0; next < index.blockCount(); ) {
          Batch batch =
              Batch.parse(
                  good(
                      connection.send(
                          "GET",
                          path(upload + "/missing/" + next),
                          BoxConnection.Body.NONE,
                          MAX_ANSWER_BYTES)),
                  next,
                  index);
          sendBlocks(
              store,
              index,
              upload,
              batch.numbers(),
              connections,
              threads,
              sentBytes,
              wantedBytes,
              progress);
          sentBlocks += batch.numbers().size();
          next = batch.next();
        }
      }
      progress.step("the box makes it durable", 0, 0);
      good(
          connection.send(
              "POST", path(upload + "/current"), BoxConnection.Body.NONE, MAX_ANSWER_BYTES));
      return new Report(false, sentBlocks, sentBytes.get());
    }
  }

  private void sendBlocks(
      Path store,
      BlockIndex index,
      String upload,
      List<Integer> numbers,
      int connections,
      ExecutorService threads,
      AtomicLong sentBytes,
      long wantedBytes,
      Progress progress)
      throws IOException {
    Queue<Integer> left = new ConcurrentLinkedQueue<>(numbers);
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(connections, numbers.size()); i++) {
      workers.add(
          threads.submit(() -> {
            try {
              sendThese(left, store, index, upload, sentBytes);
            } finally {
              left.clear(); // one that fails ends all
            }
            return null;
          }));
    }
    for (Future<?> worker : workers) {
      await(worker);
      progress.step("sending", Math.min(sentBytes.get(), wantedBytes), wantedBytes);
    }
  }

  private static void await(Future<?> worker) throws IOException {
    try {
      worker.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while blocks were sent");
    }
  }

  private void sendThese(
      Queue<Integer> numbers, Path store, BlockIndex index, String upload, AtomicLong sentBytes)
      throws IOException {
    BlockDigest digest = new BlockDigest();
    BoxConnection connection = connect();
    try {
      for (Integer number = numbers.poll(); number != null; number = numbers.poll()) {
        if (!connection.isGood()) {
          connection.close();
          connection = connect();
        }
        index.digest(number, digest);
        int length = index.storedLength(number);
        Path file = new StorePath.Block(digest.toHex()).in(store);
        good(
            connection.send(
                "PUT",
                path(upload + "/blocks/" + number),
                new FileBody(file, length),
                MAX_ANSWER_BYTES));
        sentBytes.addAndGet(length);
      }
    } finally {
      connection.close();
    }
  }

  private BoxConnection connect() throws IOException {
    return BoxConnection.open(box, Optional.of(secret), ANSWER);
  }

  private String path(String more) {
    return "upload/" + image + more;
  }

  private static String good(BoxConnection.Answer answer) throws IOException {
    if (!answer.isGood()) {
      throw new IOException(answer.sentence());
    }
    return answer.body();
  }

  /** Lines of a word and a number each. */
  private static Map<String, Long> numbers(String text) throws IOException {
    Map<String, Long> numbers = new HashMap<>();
    for (String line : text.lines().toList()) {
      if (!line.matches("[a-z]{1,16} [0-9]{1,19}")) {
        throw strange();
      }
      String[] words = line.split(" ", -1);
      try {
        numbers.put(words[0], Long.parseLong(words[1]));
      } catch (NumberFormatException tooLong) {
        throw strange();
      }
    }
    return numbers;
  }

  private static long number(Map<String, Long> numbers, String name) throws IOException {
    Long number = numbers.get(name);
    if (number == null) {
      throw strange();
    }
    return number;
  }

  private static IOException strange() {
    return new IOException("it answers as no box does");
  }

  /** Blocks to send next, equal ones once. */
  private record Batch(List<Integer> numbers, int next) {
    static Batch parse(String text, int from, BlockIndex index) throws IOException {
      List<Integer> numbers = new ArrayList<>();
      Set<String> digests = new HashSet<>();
      BlockDigest digest = new BlockDigest();
      int next = -1;
      for (String line : text.lines().toList()) {
        if (next < 0) {
          next = within(line.replaceFirst("^next ", ""), index.blockCount());
          continue;
        }
        int number = within(line, index.blockCount() - 1);
        if (index.isZeros(number)) {
          throw strange();
        }
        index.digest(number, digest);
        if (digests.add(digest.toHex())) {
          numbers.add(number);
        }
      }
      if (next <= from) {
        throw strange();
      }
      return new Batch(numbers, next);
    }

    private static int within(String digits, int max) throws IOException {
      if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) > max) {
        throw strange();
      }
      return Integer.parseInt(digits);
    }
  }
}
