package org.kobako.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A box on loopback that serves a store and, when told, fails in one of the ways that boxes fail.
 */
public final class FaultyBox implements AutoCloseable {
  /** How it answers a GET of a block. */
  public enum Fault {
    NONE,
    /** Takes the request and never answers. */
    STALL,
    /** Sends half of the body and never goes on. */
    STALL_IN_BODY,
    /** Closes the connection instead of an answer. */
    HANG_UP,
    /** Closes it in the middle of the body. */
    TRUNCATE,
    /** One bit of the body is wrong. */
    FLIP_BIT,
    /** The right bytes and one more. */
    TOO_LONG,
    MISSING,
    SERVER_ERROR,
    REDIRECT,
    /** Sound, in chunks of odd lengths. */
    CHUNKED,
    /** Sound, without a length: the end of the connection ends it. */
    UNTIL_CLOSE,
    /** Sound, and closes the connection after each answer without saying so. */
    CLOSE_SILENTLY,
    /** Sends a head without end. */
    ENDLESS_HEAD,
    /** Sends what is no HTTP. */
    GARBAGE
  }

  private final Path store;
  private final ServerSocket listener;
  private final List<Socket> open = new ArrayList<>();
  private final AtomicInteger blockRequests = new AtomicInteger();
  private final Set<String> agents = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = Fault.NONE;
  private volatile String faultyPath = "blocks/";
  private volatile boolean soundPastCaches;
  private volatile int blocksPerDelay = 1;
  private volatile int delayMs;

  /** On a port that stays free while it is gone. */
  public FaultyBox(Path store) throws IOException {
    this(store, Peer.freePort());
  }

  /** On a given port, to come back where one was. */
  public FaultyBox(Path store, int port) throws IOException {
    this(store, InetAddress.getLoopbackAddress(), port);
  }

  /** At a given address of this machine. */
  public FaultyBox(Path store, InetAddress address, int port) throws IOException {
    this.store = store;
    this.listener = new ServerSocket(port, 64, address);
    Thread.ofPlatform().name("faulty-box").daemon().start(this::accept);
  }

  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Fails so from now on, for every block. */
  public FaultyBox with(Fault newFault) {
    return with(newFault, "blocks/");
  }

  /** Fails so from now on, for paths that begin so. */
  public FaultyBox with(Fault newFault, String path) {
    faultyPath = path;
    fault = newFault;
    return this;
  }

  /** Answers soundly, whatever the fault, where a request asks for a copy past all caches. */
  public FaultyBox soundPastCaches() {
    soundPastCaches = true;
    return this;
  }

  /** Takes so long before it answers for a block, and only for one of so many if that is not 1. */
  public FaultyBox delayedBy(int newDelayMs, int newBlocksPerDelay) {
    blocksPerDelay = newBlocksPerDelay;
    delayMs = newDelayMs;
    return this;
  }

  /** GETs of blocks so far. */
  public int blockRequests() {
    return blockRequests.get();
  }

  /** Request lines so far, and who they say asks: {@code GET /a HTTP/1.1 by kobako}. */
  public Set<String> agents() {
    return agents;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        synchronized (open) {
          if (listener.isClosed()) {
            reset(socket);
            return;
          }
          open.add(socket);
        }
        Thread.ofPlatform().name("faulty-box-connection").daemon().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      String request;
      while ((request = in.readLine()) != null) {
        boolean pastCaches = false;
        String field;
        while ((field = in.readLine()) != null && !field.isEmpty()) {
          if (field.startsWith("User-Agent: ")) {
            agents.add(request + " by " + field.substring("User-Agent: ".length()));
          }
          pastCaches |= field.equalsIgnoreCase("cache-control: no-cache");
        }
        if (!answer(request.split(" ")[1].substring(1), pastCaches, out)) {
          return;
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The machine hung up, or the test is over.
    }
  }

  private boolean answer(String path, boolean pastCaches, OutputStream out)
      throws IOException, InterruptedException {
    if (path.startsWith("blocks/") && blockRequests.incrementAndGet() % blocksPerDelay == 0) {
      Thread.sleep(delayMs);
    }
    Path file = store.resolve(path);
    if (!Files.exists(file)) {
      send(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      return true;
    }
    byte[] body = Files.readAllBytes(file);
    boolean sound = !path.startsWith(faultyPath) || (soundPastCaches && pastCaches);
    String ok = "HTTP/1.1 200 OK\r\n";
    String head = ok + "Content-Length: " + body.length + "\r\n\r\n";
    switch (sound ? Fault.NONE : fault) {
      case NONE -> {
        send(out, head);
        out.write(body);
        return true;
      }
      case STALL -> Thread.sleep(60_000);
      case STALL_IN_BODY -> {
        send(out, head);
        out.write(body, 0, body.length / 2);
        out.flush();
        Thread.sleep(60_000);
      }
      case HANG_UP -> {}
      case TRUNCATE -> {
        send(out, head);
        out.write(body, 0, body.length / 2);
      }
      case FLIP_BIT -> {
        body[body.length / 2] ^= 1;
        send(out, head);
        out.write(body);
        return true;
      }
      case TOO_LONG -> {
        send(out, ok + "Content-Length: " + (body.length + 1) + "\r\n\r\n");
        out.write(body);
        out.write(0);
        return true;
      }
      case MISSING -> {
        send(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnone\n");
        return true;
      }
      case SERVER_ERROR -> {
        send(out, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        return true;
      }
      case REDIRECT -> {
        send(
            out,
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n");
        return true;
      }
      case CHUNKED -> {
        send(out, ok + "Transfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length; ) {
          int length = Math.min(body.length - at, 1 + at % 7919);
          send(out, Integer.toHexString(length) + ";x=y\r\n");
          out.write(body, at, length);
          send(out, "\r\n");
          at += length;
        }
        send(out, "0\r\nTrailer: yes\r\n\r\n");
        return true;
      }
      case UNTIL_CLOSE -> {
        send(out, ok + "\r\n");
        out.write(body);
      }
      case CLOSE_SILENTLY -> {
        send(out, head);
        out.write(body);
      }
      case ENDLESS_HEAD -> {
        for (int i = 0; i < 10_000; i++) {
          send(out, "X-More: of this\r\n");
        }
      }
      case GARBAGE -> send(out, "\0\1\2 this is not what you asked for\n\n\n\n");
    }
    return false;
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Dies: nobody listens any more, and open connections are reset. */
  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (open) {
      for (Socket socket : open) {
        reset(socket);
      }
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException alreadyGone) {
      // Which is what was wanted.
    }
  }
}
