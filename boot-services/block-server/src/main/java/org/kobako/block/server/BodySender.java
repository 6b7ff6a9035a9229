package org.kobako.block.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file, one piece after the other. While a reader is slow it holds the file, and
 * neither a thread nor a buffer: pieces of a file on a disk are sent by the kernel alone. What was
 * made for the asker is in memory anyway.
 *
 * <p>Takes the file when it is made and closes it on every path: {@link #readFirstPiece} that
 * fails, or the end of what {@link #iterate} begins.
 */
final class BodySender extends IteratingCallback {
  private final SeekableByteChannel file;
  private final String name;
  private final FileConnection connection;
  private final Content.Sink sink;
  private final Callback callback;
  private final DistinctErrors errors;
  private final InvocationType invocationType;
  private ByteBuffer piece = ByteBuffer.allocate(0);

  /** Where the piece ends, and the next begins. */
  private long offset;

  /** Behind the piece. */
  private long left;

  BodySender(
      ServedFile file,
      ResponsePlan.FilePart part,
      FileConnection connection,
      Content.Sink sink,
      Callback callback,
      DistinctErrors errors,
      InvocationType invocationType) {
    this.name = file.facts().name();
    this.connection = connection;
    this.sink = sink;
    this.callback = callback;
    this.errors = errors;
    this.invocationType = invocationType;
    this.offset = part.offset();
    this.left = part.length();
    this.file = file.takeChannel();
  }

  /** Whether it may go on where Jetty finds the socket ready, instead of in another thread. */
  @Override
  public InvocationType getInvocationType() {
    return invocationType;
  }

  /**
   * Reads the first piece while a failure can still be told with a status.
   *
   * @throws IOException if it cannot be read; the file is closed then
   */
  void readFirstPiece() throws IOException {
    try {
      readPiece();
    } catch (IOException | RuntimeException e) {
      ServedFile.closeQuietly(file);
      throw e;
    }
  }

  @Override
  protected Action process() throws IOException {
    if (!piece.hasRemaining()) {
      if (left == 0) {
        return Action.SUCCEEDED;
      }
      try {
        readPiece();
      } catch (IOException e) {
        countError(e);
        throw new EofException(e); // which Jetty does not log a second time
      }
    }
    sink.write(left == 0, piece, this);
    return Action.SCHEDULED;
  }

  private void readPiece() throws IOException {
    int length = (int) Math.min(left, FileConnection.MAX_PIECE_BYTES);
    if (file instanceof FileChannel onDisk) {
      requireReadable(onDisk, offset);
      piece = connection.standIn(onDisk, offset, length);
    } else {
      piece = ByteBuffer.allocate(length);
      file.position(offset);
      while (piece.hasRemaining()) {
        if (file.read(piece) < 0) {
          throw endsEarly(offset + piece.position());
        }
      }
      piece.flip();
    }
    offset += length;
    left -= length;
  }

  /**
   * Reads one byte, as what the kernel sends by itself fails with a word of neither disk nor
   * reader.
   */
  private void requireReadable(FileChannel onDisk, long at) throws IOException {
    if (onDisk.read(ByteBuffer.allocate(1), at) < 0) {
      throw endsEarly(at);
    }
  }

  private EOFException endsEarly(long at) {
    return new EOFException("it ends " + (offset + left - at) + " bytes early");
  }

  private void countError(IOException e) {
    errors.count("cannot go on reading " + name, e, "closed the connection");
  }

  /**
   * Ends the response. After a failure the connection ends as well, which is the only way left to
   * say that the body is not whole.
   */
  @Override
  protected void onCompleted(@Nullable Throwable failure) {
    if (failure != null && piece.hasRemaining()) {
      findFault();
    }
    ServedFile.closeQuietly(file);
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
  }

  /** A piece is cut off by its reader, as a rule, and at times by the disk. */
  private void findFault() {
    if (file instanceof FileChannel onDisk) {
      try {
        requireReadable(onDisk, offset - piece.remaining());
      } catch (IOException e) {
        countError(e);
      }
    }
  }
}
