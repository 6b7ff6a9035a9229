package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Stands before a box, in a process of its own, and passes on what it is asked and answers; while a
 * file exists it holds each answer back for one to five seconds, as if the box's disk were slow.
 *
 * <p>Two threads for each connection, "relay-asked" and "relay-answered".
 */
final class SlowRelay {
  private static final int SHORTEST_DELAY_MS = 1000;
  private static final int LONGEST_DELAY_MS = 5000;
  private static final int BACKLOG = 64;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Socket machine;
  private final Socket box;
  private final Path whileSlow;
  private final Random random;
  private volatile boolean asked;

  private SlowRelay(Socket machine, Socket box, Path whileSlow, Random random) {
    this.machine = machine;
    this.box = box;
    this.whileSlow = whileSlow;
    this.random = random;
  }

  /** Words: its own address, its port, the box's port, the file that makes it slow. */
  public static void main(String[] words) throws IOException {
    InetAddress address = InetAddress.ofLiteral(words[0]);
    int boxPort = Integer.parseInt(words[2]);
    Path whileSlow = Path.of(words[3]);
    Random random = new Random(1);
    try (ServerSocket listener = new ServerSocket(Integer.parseInt(words[1]), BACKLOG, address)) {
      System.out.println("ready");
      while (true) {
        Socket machine = listener.accept();
        try {
          Socket box = new Socket(address, boxPort);
          new SlowRelay(machine, box, whileSlow, random).start();
        } catch (IOException nobodyThere) {
          machine.close();
        }
      }
    }
  }

  private void start() throws IOException {
    machine.setTcpNoDelay(true);
    box.setTcpNoDelay(true);
    Thread.ofPlatform().name("relay-asked").start(() -> pass(machine, box, true));
    Thread.ofPlatform().name("relay-answered").start(() -> pass(box, machine, false));
  }

  private void pass(Socket from, Socket to, boolean asks) {
    byte[] bytes = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(bytes)) >= 0) {
        if (asks) {
          asked = true;
        } else if (asked) {
          asked = false;
          delayWhileSlow();
        }
        out.write(bytes, 0, length);
      }
    } catch (IOException | InterruptedException over) {
      // One of the two hung up, and so does this.
    }
  }

  private void delayWhileSlow() throws InterruptedException {
    if (Files.exists(whileSlow)) {
      Thread.sleep(random.nextInt(SHORTEST_DELAY_MS, LONGEST_DELAY_MS));
    }
  }
}
