package org.kobako.appliance.bench.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Machines that ask for one block after the other, each over a connection that it keeps. An answer
 * must have as many bytes as a block.
 */
final class Askers {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int TIMEOUT_MS = 30_000;

  private Askers() {}

  /** What one machine asks for, in its order. */
  interface Wishes {
    List<String> of(int machine);
  }

  /** Lets so many machines ask at once, until all have got all. */
  static void ask(int port, int machines, int blockBytes, Wishes wishes)
      throws IOException, InterruptedException {
    each(
        machines,
        port,
        blockBytes,
        (asker, machine) -> {
          List<String> paths = wishes.of(machine);
          for (String path : paths) {
            asker.ask(path);
          }
          return paths.size();
        });
  }

  /**
   * Lets so many machines ask at once and again for what they wish for, for a while.
   *
   * @return the blocks that came
   */
  static long ask(int port, int machines, int blockBytes, Wishes wishes, Duration time)
      throws IOException, InterruptedException {
    long endNs = System.nanoTime() + time.toNanos();
    return each(
        machines,
        port,
        blockBytes,
        (asker, machine) -> {
          List<String> paths = wishes.of(machine);
          int asked = 0;
          while (System.nanoTime() - endNs < 0) {
            asker.ask(paths.get(asked++ % paths.size()));
          }
          return asked;
        });
  }

  /** What a machine does over its connection; answers how many blocks came. */
  private interface Asking {
    int blocks(Asker asker, int machine) throws IOException;
  }

  private static long each(int machines, int port, int blockBytes, Asking asking)
      throws IOException, InterruptedException {
    long blocks = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(machines)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < machines; i++) {
        int machine = i;
        running.add(
            threads.submit(() -> {
              try (Asker asker = new Asker(port, blockBytes)) {
                return asking.blocks(asker, machine);
              }
            }));
      }
      for (Future<Integer> each : running) {
        blocks += each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a block did not come whole: " + e.getMessage(), e);
    }
    return blocks;
  }

  /**
   * How long one machine waits for the first byte of each answer.
   *
   * @return nanoseconds, one for each path
   */
  static List<Long> firstBytesNs(int port, int blockBytes, List<String> paths) throws IOException {
    List<Long> waits = new ArrayList<>();
    try (Asker asker = new Asker(port, blockBytes)) {
      for (String path : paths) {
        waits.add(asker.ask(path));
      }
    }
    return waits;
  }

  /** One connection. */
  private static final class Asker implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final int blockBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    Asker(int port, int blockBytes) throws IOException {
      this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
      this.blockBytes = blockBytes;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      in = socket.getInputStream();
    }

    /** Answers how long it took until the first byte was there. */
    long ask(String path) throws IOException {
      long startNs = System.nanoTime();
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: box\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      int length = read(0);
      long firstNs = System.nanoTime() - startNs;
      int head;
      while ((head = endOfHead(length)) < 0) {
        length += read(length);
      }
      String text = new String(buffer, 0, head, StandardCharsets.ISO_8859_1);
      if (!text.startsWith("HTTP/1.1 200 ")) {
        throw new IOException(path + " is answered " + text.lines().findFirst().orElse(""));
      }
      int left = head + blockBytes - length;
      while (left > 0) {
        left -= read(0);
      }
      if (left < 0) {
        throw new IOException(path + " is longer than it is");
      }
      return firstNs;
    }

    private int read(int offset) throws IOException {
      int length = in.read(buffer, offset, buffer.length - offset);
      if (length <= 0) {
        throw new EOFException("the connection ended");
      }
      return length;
    }

    private int endOfHead(int length) {
      for (int i = 3; i < length; i++) {
        if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
