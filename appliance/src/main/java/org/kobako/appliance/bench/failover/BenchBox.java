package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.kobako.appliance.bench.lab.LabBox;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.child.Tool;

/** A box in its namespace, with a store of its own, and all that is done to it. */
final class BenchBox implements AutoCloseable {
  private static final int PORT = 80;
  private static final int RELAY_PORT = 81;
  private static final String DEVICE = "eth0:";

  /** proc_pid_net(5): eight figures of what was received, then bytes sent. */
  private static final int SENT_BYTES_FIELD = 9;

  private final Network.Host host;
  private final Path work;
  private final Path store;
  private final Path whileSlow;
  private final ChildKobako relay;
  private ChildKobako serve;

  /**
   * Starts it.
   *
   * @param work a directory for its logs
   * @param store its own copy
   */
  BenchBox(Network.Host host, Path work, Path store) throws IOException {
    this.host = host;
    this.work = work;
    this.store = store;
    this.whileSlow = work.resolve("slow");
    serve = startServing();
    try {
      relay =
          ChildKobako.start(
              host.prefix(),
              SlowRelay.class,
              work.resolve("relay.log"),
              host.address(),
              Integer.toString(RELAY_PORT),
              Integer.toString(PORT),
              whileSlow.toString());
    } catch (IOException e) {
      serve.close();
      throw e;
    }
  }

  String url() {
    return "http://" + host.address();
  }

  /** The same by way of the relay. */
  String relayUrl() {
    return url() + ":" + RELAY_PORT;
  }

  /** What its network interface has sent so far; that of a process that no fault touches. */
  long sentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + relay.pid() + "/net/dev"))) {
      List<String> fields = List.of(line.strip().split("\\s+"));
      if (fields.getFirst().equals(DEVICE)) {
        return Long.parseLong(fields.get(SENT_BYTES_FIELD));
      }
    }
    throw new IOException("box " + host.address() + " has no interface " + DEVICE);
  }

  void pullCable() throws IOException, InterruptedException {
    host.pullCable();
  }

  void plugCable() throws IOException, InterruptedException {
    host.plugCable();
  }

  void kill() throws InterruptedException {
    serve.kill();
  }

  /** Starts it once more; it is there when this returns. */
  void startAgain() throws IOException {
    serve = startServing();
  }

  private ChildKobako startServing() throws IOException {
    return LabBox.start(host.prefix(), work, store, host.address(), PORT, "");
  }

  /** Its process stands still; its kernel goes on accepting connections and acknowledging. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Tool.run("sh", "-c", "kill -" + name + " " + serve.pid());
  }

  /** Turns over a bit in every stored block, and the next time back again. */
  void flipBits() throws IOException {
    try (Stream<Path> paths = Files.walk(store.resolve("blocks"))) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        try (FileChannel file =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          long middle = file.size() / 2;
          ByteBuffer one = ByteBuffer.allocate(1);
          file.read(one, middle);
          one.put(0, (byte) (one.get(0) ^ 1)).flip();
          file.write(one, middle);
        }
      }
    }
  }

  void slowDown() throws IOException {
    Files.createFile(whileSlow);
  }

  void speedUp() throws IOException {
    Files.delete(whileSlow);
  }

  /** Not by asking: one that is frozen would not hear it. */
  @Override
  public void close() throws InterruptedException {
    serve.kill();
    relay.kill();
  }
}
