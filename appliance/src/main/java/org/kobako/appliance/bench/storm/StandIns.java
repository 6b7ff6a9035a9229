package org.kobako.appliance.bench.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.bench.storm.StormStore.Target;
import org.kobako.block.format.digest.Sha256;

/**
 * Many machines in one thread, in a process of its own: each asks for what the trace says, when the
 * answer that it waits for has been there for as long as its machine thought, over as many
 * connections as its machine had, from an address of its own. The length of every answer is
 * compared, and the digest of some.
 *
 * <p>A machine has a list of boxes, as the room's DNS orders them. Where one does not answer, or
 * with a 503, it asks the next a second later.
 */
final class StandIns {
  /** One block in so many. */
  private static final int SAMPLE = 16;

  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_RETRIES = 100;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int MAX_HEAD_BYTES = 4 << 10;
  private static final String HEAD_END = "\r\n\r\n";
  private static final String LENGTH = "\r\ncontent-length:";

  private final BootTrace trace;
  private final List<Target> targets;
  private final List<List<Integer>> waitingFor = new ArrayList<>();
  private final double speed;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final PriorityQueue<Due> timers = new PriorityQueue<>();
  private final List<Machine> machines = new ArrayList<>();

  /** A request that is to be asked at a time. */
  private record Due(long atNs, Machine machine, int request) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return Long.compare(atNs - other.atNs, 0);
    }
  }

  private StandIns(BootTrace trace, List<Target> targets, double speed) throws IOException {
    this.trace = trace;
    this.targets = targets;
    this.speed = speed;
    this.selector = Selector.open();
    for (int i = 0; i < trace.requests().size(); i++) {
      waitingFor.add(new ArrayList<>());
      int after = trace.requests().get(i).after();
      if (after != BootTrace.NONE) {
        waitingFor.get(after).add(i);
      }
    }
  }

  /**
   * Words: the trace as text, its targets, how many times faster machines think than in the trace,
   * a file of machines (a line each: its address, then its boxes as ADDRESS:PORT, best first), and
   * the file to write: a line for each machine, as {@link StormPoint.Machine} reads it.
   */
  public static void main(String[] words) throws IOException {
    BootTrace trace;
    try (BufferedReader text = Files.newBufferedReader(Path.of(words[0]))) {
      trace = BootTrace.parse(text);
    }
    List<Target> targets =
        Files.readAllLines(Path.of(words[1])).stream().map(Target::parse).toList();
    StandIns room = new StandIns(trace, targets, Double.parseDouble(words[2]));
    for (String line : Files.readAllLines(Path.of(words[3]))) {
      String[] addresses = line.split(" ", 0);
      List<InetSocketAddress> boxes = new ArrayList<>();
      for (String box : Arrays.copyOfRange(addresses, 1, addresses.length)) {
        String[] parts = box.split(":", 2);
        boxes.add(
            new InetSocketAddress(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1])));
      }
      room.machines.add(room.new Machine(InetAddress.ofLiteral(addresses[0]), boxes));
    }
    System.out.println("ready");
    room.run();
    Files.write(Path.of(words[4]), room.machines.stream().map(Machine::line).toList());
  }

  private void run() throws IOException {
    long startNs = System.nanoTime();
    for (Machine machine : machines) {
      machine.switchOn(startNs);
    }
    while (machines.stream().anyMatch(machine -> !machine.hasEnded())) {
      long nowNs = System.nanoTime();
      while (!timers.isEmpty() && timers.peek().atNs - nowNs <= 0) {
        Due due = timers.remove();
        due.machine.ask(due.request);
      }
      Due next = timers.peek();
      long waitMs = next == null ? 1000 : Math.max(1, (next.atNs - nowNs + 999_999) / 1_000_000);
      selector.select(
          key -> {
            Line line = (Line) key.attachment();
            line.ready(key);
          },
          waitMs);
    }
  }

  /** A machine that boots. */
  private final class Machine {
    final InetAddress address;
    final List<InetSocketAddress> boxes;
    final List<Line> lines = new ArrayList<>();
    final int[] retriesOf = new int[trace.requests().size()];
    int left = trace.requests().size();
    int retries;
    int box;
    long bytes;
    long startNs;
    long endNs;
    String failure = "-";

    Machine(InetAddress address, List<InetSocketAddress> boxes) {
      this.address = address;
      this.boxes = boxes;
      for (int i = 0; i < trace.connections(); i++) {
        lines.add(new Line(this));
      }
    }

    void switchOn(long atNs) {
      startNs = atNs;
      for (int i = 0; i < trace.requests().size(); i++) {
        if (trace.requests().get(i).after() == BootTrace.NONE) {
          plan(i, atNs);
        }
      }
    }

    private void plan(int request, long sinceNs) {
      long thinkNs = (long) (trace.requests().get(request).thinkUs() * 1000 / speed);
      timers.add(new Due(sinceNs + thinkNs, this, request));
    }

    void ask(int request) {
      if (!hasEnded()) {
        lines.get(trace.requests().get(request).connection()).ask(request);
      }
    }

    void answered(int request, long answerBytes) {
      long nowNs = System.nanoTime();
      bytes += answerBytes;
      left--;
      endNs = nowNs;
      waitingFor.get(request).forEach(next -> plan(next, nowNs));
      if (left == 0) {
        lines.forEach(Line::close);
      }
    }

    void askAgain(int request) {
      retries++;
      if (++retriesOf[request] > MAX_RETRIES) {
        fail("no box answers request " + request);
      } else {
        box = (box + 1) % boxes.size();
        timers.add(new Due(System.nanoTime() + RETRY_NS, this, request));
      }
    }

    void fail(String why) {
      failure = why.replace(' ', '_');
      endNs = System.nanoTime();
      lines.forEach(Line::close);
    }

    boolean hasEnded() {
      return left == 0 || !failure.equals("-");
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%s %d %d %d %s",
          address.getHostAddress(),
          (endNs - startNs) / 1000,
          bytes,
          retries,
          failure);
    }
  }

  /** One of its connections; asks for one thing after the other. */
  private final class Line {
    private final Machine machine;
    private final Deque<Integer> queue = new ArrayDeque<>();
    private final StringBuilder head = new StringBuilder();
    private @Nullable SocketChannel channel;
    private @Nullable MessageDigest digest;
    private int asked = BootTrace.NONE;
    private long bodyLeft = -1;

    Line(Machine machine) {
      this.machine = machine;
    }

    void ask(int request) {
      queue.add(request);
      if (asked == BootTrace.NONE) {
        askNext();
      }
    }

    private void askNext() {
      Integer request = queue.poll();
      if (request == null) {
        return;
      }
      asked = request;
      bodyLeft = -1;
      head.setLength(0);
      digest = null;
      try {
        SocketChannel open = channel;
        if (open == null) {
          open = SocketChannel.open();
          channel = open;
          open.bind(new InetSocketAddress(machine.address, 0));
          open.configureBlocking(false);
          if (!open.connect(machine.boxes.get(machine.box))) {
            open.register(selector, SelectionKey.OP_CONNECT, this);
            return;
          }
          open.register(selector, SelectionKey.OP_READ, this);
        }
        say(open);
      } catch (IOException e) {
        broke();
      }
    }

    /** A request fits into an empty socket. */
    private void say(SocketChannel open) throws IOException {
      String words =
          "GET /" + targets.get(asked).path() + " HTTP/1.1\r\nHost: box\r\nAccept: */*\r\n\r\n";
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(words);
      open.write(bytes);
      if (bytes.hasRemaining()) {
        throw new IOException("a socket takes no request");
      }
    }

    void ready(SelectionKey key) {
      SocketChannel open = (SocketChannel) key.channel();
      try {
        if (key.isConnectable()) {
          open.finishConnect();
          key.interestOps(SelectionKey.OP_READ);
          say(open);
        } else if (key.isReadable()) {
          read(open);
        }
      } catch (IOException e) {
        broke();
      }
    }

    private void read(SocketChannel open) throws IOException {
      int length = open.read(buffer.clear());
      if (length < 0) {
        throw new IOException("the box hung up");
      }
      buffer.flip();
      while (buffer.hasRemaining() && asked != BootTrace.NONE && bodyLeft < 0) {
        head.append((char) (buffer.get() & 0xFF));
        int end = head.length() - HEAD_END.length();
        if (end >= 0
            && head.charAt(head.length() - 1) == '\n'
            && head.indexOf(HEAD_END, end) == end) {
          beginBody();
        } else if (head.length() > MAX_HEAD_BYTES) {
          throw new IOException("a head without an end");
        }
      }
      if (bodyLeft >= 0) {
        bodyLeft -= buffer.remaining();
        if (digest != null) {
          digest.update(buffer);
        }
        endBody();
      }
    }

    private void beginBody() throws IOException {
      Target target = targets.get(asked);
      String text = head.toString().toLowerCase(Locale.ROOT);
      if (!text.startsWith("http/1.1 200 ")) {
        throw new IOException("the box answers " + text.lines().findFirst().orElse(""));
      }
      int at = text.indexOf(LENGTH);
      int end = text.indexOf('\r', at + 2);
      long length = at < 0 ? -1 : Long.parseLong(text.substring(at + LENGTH.length(), end).strip());
      if (length != target.bytes()) {
        machine.fail(target.path() + " has " + length + " bytes and not " + target.bytes());
        return;
      }
      bodyLeft = length;
      boolean isSample = !target.digestHex().isEmpty() && asked % SAMPLE == 0;
      digest = isSample ? Sha256.begin() : null;
    }

    private void endBody() {
      if (bodyLeft > 0 || machine.hasEnded()) {
        return;
      }
      Target target = targets.get(asked);
      if (bodyLeft < 0) {
        machine.fail(target.path() + " is followed by what nobody asked for");
      } else if (digest != null
          && !HexFormat.of().formatHex(digest.digest()).equals(target.digestHex())) {
        machine.fail(target.path() + " has wrong bytes");
      } else {
        int answered = asked;
        asked = BootTrace.NONE;
        machine.answered(answered, target.bytes());
        askNext();
      }
    }

    /** The connection is gone: what it was asked for is asked for again, of another box. */
    private void broke() {
      close();
      if (asked != BootTrace.NONE) {
        int again = asked;
        asked = BootTrace.NONE;
        if (!machine.hasEnded()) {
          machine.askAgain(again);
        }
      }
    }

    void close() {
      SocketChannel open = channel;
      channel = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException nothingLost) {
          // The descriptor is free all the same (close(2)).
        }
      }
    }
  }
}
