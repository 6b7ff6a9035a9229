package org.kobako.tftp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.BootFile;

/**
 * A bound port (our transfer identifier, RFC 1350 section 4), and the transfer on it, if there is
 * one. Owns that transfer's file from {@link #begin} to {@link #end}, and the one buffer through
 * which every packet goes. Guarded by the monitor of {@link Transfers}.
 */
final class TransferPort {
  private static final ByteBuffer NONE = ByteBuffer.allocateDirect(0);

  /** What is there while a transfer runs. */
  private record Running(
      IoSession session,
      Request.Read request,
      BootFile file,
      Terms terms,
      Transfer transfer,
      long startedNs) {}

  private final InetSocketAddress local;
  private @Nullable Running running;
  private ByteBuffer packet = NONE;
  private boolean isSending;

  TransferPort(InetSocketAddress local) {
    this.local = local;
  }

  InetSocketAddress local() {
    return local;
  }

  boolean isRunning() {
    return running != null;
  }

  /** The session with the machine, if the transfer is with that one. */
  @Nullable IoSession sessionWith(Object remote) {
    return isWith(remote) ? running().session() : null;
  }

  boolean isWith(Object remote) {
    return running != null && running.session().getRemoteAddress().equals(remote);
  }

  InetSocketAddress machine() {
    return (InetSocketAddress) running().session().getRemoteAddress();
  }

  Transfer transfer() {
    return running().transfer();
  }

  Request.Read request() {
    return running().request();
  }

  /** What it was and how it went, for the log. */
  String story(long nowNs) {
    Running it = running();
    long ms = (nowNs - it.startedNs()) / 1_000_000;
    return it.request().name() + ", " + it.terms().lengthBytes() + " bytes, after " + ms + " ms";
  }

  /** Takes the file, which {@link #end} closes. */
  void begin(
      IoSession session,
      Request.Read request,
      BootFile file,
      Terms terms,
      Transfer transfer,
      long nowNs) {
    int neededBytes = Packet.DATA_OFFSET + terms.packetBytes();
    if (packet.capacity() < neededBytes) {
      packet = ByteBuffer.allocateDirect(Math.max(neededBytes, Packet.MAX_REQUEST_BYTES));
    }
    running = new Running(session, request, file, terms, transfer, nowNs);
  }

  /**
   * Sends what is due, until the socket takes no more; then {@code messageSent} calls again.
   *
   * @throws IOException if the file cannot be read, which the machine was told
   */
  void send(long nowNs) throws IOException {
    if (isSending) {
      return;
    }
    isSending = true;
    try {
      while (running != null && !isClogged()) {
        long number = transfer().next(nowNs);
        if (number == Transfer.NOTHING) {
          return;
        }
        write(number);
      }
    } catch (IOException e) {
      write(
          running().session(),
          Packet.error(ErrorCode.UNDEFINED, "the file cannot be read to its end"));
      throw e;
    } finally {
      isSending = false;
    }
  }

  /** Whether MINA still holds the buffer, as the socket was full. */
  private boolean isClogged() {
    IoSession session = running().session();
    return session.getCurrentWriteRequest() != null
        || !session.getWriteRequestQueue().isEmpty(session);
  }

  private void write(long number) throws IOException {
    if (number == Transfer.OPTIONS) {
      running().terms().writeOptions(packet);
    } else {
      Packet.beginData(packet, number);
      readData(number);
    }
    write(running().session(), packet.flip());
  }

  /** Marked, as MINA goes back to the mark of a buffer that had to wait for the socket. */
  static void write(IoSession session, ByteBuffer packet) {
    session.write(IoBuffer.wrap(packet).mark());
  }

  private void readData(long number) throws IOException {
    Terms terms = running().terms();
    SeekableByteChannel bytes = running().file().bytes();
    long offset = terms.offsetOf(number);
    if (bytes.position() != offset) {
      bytes.position(offset);
    }
    packet.limit(Packet.DATA_OFFSET + terms.lengthOf(number));
    while (packet.hasRemaining()) {
      if (bytes.read(packet) < 0) {
        throw new IOException("it ends before its " + terms.lengthBytes() + " bytes");
      }
    }
  }

  /** Ends the transfer, whatever its state; the port is free then. */
  void end() {
    Running it = running();
    if (isClogged()) {
      packet = NONE; // MINA may still read it
    }
    running = null;
    it.session().closeNow();
    try {
      it.file().close();
    } catch (IOException nothingLost) {
      // Of a file that was only read.
    }
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("no transfer on port " + local.getPort());
    }
    return running;
  }
}
