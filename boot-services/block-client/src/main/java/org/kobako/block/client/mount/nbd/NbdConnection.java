package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.kobako.block.client.Disk;

/** One client: negotiates, then reads its requests until it leaves. Runs in a thread of its own. */
final class NbdConnection implements Runnable {
  private static final Logger LOG = System.getLogger(NbdServer.class.getName());

  private final NbdServer server;
  private final Disk disk;
  private final Export export;
  private final Workers workers;
  private final SocketChannel channel;
  private final Outlet outlet;
  private final String label;
  private final long handshakeDeadlineNs;

  /** Written by this connection's thread before any worker sees it, constant from then on. */
  private Agreement agreement = new Agreement(false, false);

  private volatile boolean negotiated;

  /** Requests at workers; guarded by this. */
  private int lent;

  NbdConnection(
      NbdServer server,
      Disk disk,
      Export export,
      Workers workers,
      SocketChannel channel,
      int number,
      long handshakeDeadlineNs) {
    this.server = server;
    this.disk = disk;
    this.export = export;
    this.workers = workers;
    this.channel = channel;
    this.outlet = new Outlet(channel);
    this.label = "connection " + number;
    this.handshakeDeadlineNs = handshakeDeadlineNs;
  }

  /** Whether the client is still negotiating, and since too long. */
  boolean isOverdue(long nowNs) {
    return !negotiated && nowNs - handshakeDeadlineNs >= 0;
  }

  boolean isNegotiated() {
    return negotiated;
  }

  @Override
  public void run() {
    Answerer answerer = null;
    try {
      // On the heap: a few bytes are copied, and nothing is left behind when the client goes.
      ByteBuffer in = ByteBuffer.allocate(Negotiation.INPUT_BYTES).flip();
      if (negotiate(in)) {
        answerer = server.borrowAnswerer();
        transmit(in, answerer);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nbd: " + label + " is lost: " + e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "nbd: " + label + " is closed: " + e, e);
    } finally {
      // First the socket, so that no worker goes on waiting for it.
      abort();
      awaitWorkers();
      server.ended(this, answerer);
    }
  }

  /** Hangs up; whoever reads or writes the socket is thrown out of it. */
  void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nbd: " + label + " does not close: " + e);
    }
  }

  /**
   * @return whether transmission follows
   */
  private boolean negotiate(ByteBuffer in) throws IOException {
    Negotiation negotiation = new Negotiation(export);
    ByteBuffer out = ByteBuffer.allocate(Negotiation.OUTPUT_BYTES);
    Negotiation.greet(out);
    for (; ; ) {
      flush(out);
      switch (negotiation.next(in, out)) {
        case NEED_INPUT -> {
          if (!receive(in)) {
            return false;
          }
        }
        case ANSWERED -> {}
        case TRANSMIT -> {
          agreement = negotiation.agreement();
          negotiated = true;
          flush(out);
          LOG.log(Level.DEBUG, "nbd: " + label + " reads " + disk.name() + ", " + agreement);
          return true;
        }
        case CLOSE -> {
          flush(out);
          return false;
        }
      }
    }
  }

  private void transmit(ByteBuffer in, Answerer answerer) throws IOException {
    RequestDecoder decoder = new RequestDecoder();
    Request request = new Request();
    for (; ; ) {
      switch (decoder.next(in, request)) {
        case NEED_INPUT -> {
          if (!receive(in)) {
            return;
          }
        }
        case REQUEST -> {
          if (request.command == NbdCommand.DISCONNECT) {
            awaitWorkers();
            return;
          }
          request.validate(export.lengthBytes, agreement);
          dispatch(request, answerer);
        }
        case BAD_MAGIC -> {
          LOG.log(Level.WARNING, "nbd: " + label + " sent what is no NBD request; it is closed");
          return;
        }
        case OVERSIZED_WRITE -> {
          LOG.log(
              Level.WARNING, "nbd: " + label + " announced a write of over 32 MiB; it is closed");
          return;
        }
      }
    }
  }

  /**
   * What lies in memory is answered here and now, which is quickest; what waits for the network is
   * handed to a worker, so that the requests behind it are not held up. If all workers are at work,
   * this connection does it itself.
   */
  private void dispatch(Request request, Answerer answerer) throws IOException {
    Worker worker = mayWait(request) ? workers.take() : null;
    if (worker == null) {
      answerer.answer(request, agreement, outlet);
      return;
    }
    synchronized (this) {
      lent++;
    }
    worker.assign(this, request);
  }

  private boolean mayWait(Request request) {
    return request.reads() && !disk.isCached(request.offset, (int) request.length);
  }

  /** Answers in a worker's thread. */
  void answerFor(Request request, Answerer answerer) {
    try {
      answerer.answer(request, agreement, outlet);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nbd: " + label + " is lost: " + e);
      abort();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "nbd: " + label + " is closed: " + e, e);
      abort();
    } finally {
      synchronized (this) {
        lent--;
        notifyAll();
      }
    }
  }

  private synchronized void awaitWorkers() {
    while (lent > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean receive(ByteBuffer in) throws IOException {
    in.compact();
    int received = channel.read(in);
    in.flip();
    return received >= 0;
  }

  private void flush(ByteBuffer out) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  @Override
  public String toString() {
    return label;
  }
}
