package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;

/**
 * Answers requests from the disk; one per thread. Allocates nothing for a request that succeeds.
 *
 * <p>An {@link IOException} out of here means that the connection is lost. A disk that cannot read
 * is no such thing: the client gets an error for that request, and others go on.
 */
final class Answerer {
  /** Longest part of a reply that is read from the disk at once. */
  static final int MAX_PIECE_BYTES = Reply.MAX_BYTES;

  private static final Logger LOG = System.getLogger(NbdServer.class.getName());

  private final Disk disk;
  private final Reply reply;
  private final ByteBuffer header = ByteBuffer.allocateDirect(ReplyLayout.MAX_BYTES);

  /** The header, then the reply's parts: what one gathering write takes. */
  private final ByteBuffer[] message = new ByteBuffer[1 + Reply.MAX_PARTS];

  private String failure = "";

  Answerer(Disk disk) {
    this.disk = disk;
    this.reply = disk.newReply();
    message[0] = header;
  }

  /** Answers a validated request. */
  void answer(Request request, Agreement agreement, Outlet outlet) throws IOException {
    if (request.error != NbdError.NONE) {
      refuse(request, request.error, agreement, outlet);
      return;
    }
    switch (request.command) {
      case READ -> {
        if (agreement.structuredReplies()) {
          readInChunks(request, outlet);
        } else {
          readSimple(request, outlet);
        }
      }
      case CACHE -> warm(request, agreement, outlet);
      case BLOCK_STATUS -> status(request, outlet);
      case FLUSH, DISCONNECT, WRITE, TRIM, WRITE_ZEROES, UNKNOWN ->
          succeed(request, agreement, outlet);
    }
  }

  /**
   * Several chunks: data in pieces of {@link #MAX_PIECE_BYTES}, holes as holes. An error follows
   * what was sent before it. "Don't fragment" was validated to fit one piece.
   */
  private void readInChunks(Request request, Outlet outlet) throws IOException {
    long at = request.offset;
    long end = request.offset + request.length;
    if (at == end) {
      ReplyLayout.putNone(header, request.cookie);
      send(outlet);
      return;
    }
    while (at < end) {
      long runEnd = request.has(Request.FLAG_DF) ? end : Math.min(end, disk.runEnd(at));
      int length = (int) (runEnd - at);
      if (!request.has(Request.FLAG_DF) && disk.isHole(at)) {
        ReplyLayout.putHole(header, request.cookie, runEnd == end, at, length);
      } else {
        length = Math.min(length, MAX_PIECE_BYTES);
        if (!load(at, length)) {
          ReplyLayout.putErrorAt(header, request.cookie, NbdError.IO, failure, at);
          send(outlet);
          return;
        }
        ReplyLayout.putData(header, request.cookie, at + length == end, at, length);
      }
      send(outlet);
      at += length;
    }
  }

  /**
   * One header, then all the data: once the header has promised them there is no way to tell an
   * error. So the first piece is read before it, and where a later one fails the connection ends.
   */
  private void readSimple(Request request, Outlet outlet) throws IOException {
    long at = request.offset;
    long end = request.offset + request.length;
    int length = (int) Math.min(end - at, MAX_PIECE_BYTES);
    if (length > 0 && !load(at, length)) {
      ReplyLayout.putSimple(header, request.cookie, NbdError.IO);
      send(outlet);
      return;
    }
    synchronized (outlet) {
      ReplyLayout.putSimple(header, request.cookie, NbdError.NONE);
      send(outlet);
      for (at += length; at < end; at += length) {
        length = (int) Math.min(end - at, MAX_PIECE_BYTES);
        if (!load(at, length)) {
          throw new IOException("data that were promised cannot be read: " + failure);
        }
        send(outlet);
      }
    }
  }

  /** A hint: reads what it names, a full payload at most, so that it is cached, and drops it. */
  private void warm(Request request, Agreement agreement, Outlet outlet) throws IOException {
    long end = request.offset + Math.min(request.length, Export.MAX_PAYLOAD_BYTES);
    for (long at = request.offset; at < end; at += MAX_PIECE_BYTES) {
      if (!disk.isCached(at, (int) Math.min(end - at, MAX_PIECE_BYTES))
          && !load(at, (int) Math.min(end - at, MAX_PIECE_BYTES))) {
        refuse(request, NbdError.IO, agreement, outlet);
        return;
      }
      reply.release();
    }
    succeed(request, agreement, outlet);
  }

  private void status(Request request, Outlet outlet) throws IOException {
    long end = request.offset + request.length;
    int extents = request.has(Request.FLAG_REQ_ONE) ? 1 : ReplyLayout.MAX_EXTENTS;
    ReplyLayout.beginStatus(header, request.cookie);
    for (long at = request.offset; at < end && extents > 0; extents--) {
      long runEnd = Math.min(end, disk.runEnd(at));
      ReplyLayout.putExtent(header, runEnd - at, disk.isHole(at));
      at = runEnd;
    }
    ReplyLayout.endStatus(header);
    send(outlet);
  }

  private void succeed(Request request, Agreement agreement, Outlet outlet) throws IOException {
    if (agreement.structuredReplies()) {
      ReplyLayout.putNone(header, request.cookie);
    } else {
      ReplyLayout.putSimple(header, request.cookie, NbdError.NONE);
    }
    send(outlet);
  }

  private void refuse(Request request, NbdError error, Agreement agreement, Outlet outlet)
      throws IOException {
    if (agreement.structuredReplies()) {
      ReplyLayout.putError(header, request.cookie, error);
    } else {
      ReplyLayout.putSimple(header, request.cookie, error);
    }
    send(outlet);
  }

  /**
   * Reads into the reply.
   *
   * @return false if that cannot be done; then {@link #failure} says why
   */
  private boolean load(long offset, int length) {
    try {
      disk.read(offset, length, reply);
      return true;
    } catch (IOException | RuntimeException e) {
      reply.release();
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
      LOG.log(
          Level.WARNING,
          "nbd: "
              + length
              + " bytes at "
              + offset
              + " of "
              + disk.name()
              + " cannot be read: "
              + failure
              + "; this request fails, others go on",
          e instanceof RuntimeException ? e : null);
      return false;
    }
  }

  /** Sends header and parts, and gives the parts back. */
  private void send(Outlet outlet) throws IOException {
    header.flip();
    System.arraycopy(reply.buffers(), 1, message, 1, reply.parts());
    try {
      outlet.send(message, 0, 1 + reply.parts());
    } finally {
      reply.release();
      header.clear();
    }
  }
}
