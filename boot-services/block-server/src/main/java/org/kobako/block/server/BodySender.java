package org.kobako.block.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file, one piece after the other through one pooled direct buffer. While a
 * reader is slow it holds that buffer and the file, and no thread.
 *
 * <p>Takes the file when it is made and closes it on every path: {@link #readFirstPiece} that
 * fails, or the end of what {@link #iterate} begins.
 */
final class BodySender extends IteratingCallback {
  private final SeekableByteChannel file;
  private final String name;
  private final Response response;
  private final Callback callback;
  private final DistinctErrors errors;
  private final BufferBudget budget;
  private final int pieceBytes;
  private final RetainableByteBuffer piece;
  private final long offset;
  private long left;

  BodySender(
      ServedFile file,
      ResponsePlan.FilePart part,
      Response response,
      Callback callback,
      BufferBudget budget,
      DistinctErrors errors) {
    this.name = file.facts().name();
    this.response = response;
    this.callback = callback;
    this.errors = errors;
    this.budget = budget;
    this.offset = part.offset();
    this.left = part.length();
    ByteBufferPool pool = response.getRequest().getComponents().getByteBufferPool();
    this.pieceBytes = budget.take(left);
    try {
      this.piece = pool.acquire(pieceBytes, true);
    } catch (Throwable e) {
      budget.give(pieceBytes);
      throw e;
    }
    this.file = file.takeChannel();
  }

  /**
   * Reads the first piece while a failure can still be told with a status.
   *
   * @throws IOException if it cannot be read; the file is closed then
   */
  void readFirstPiece() throws IOException {
    try {
      file.position(offset);
      readPiece();
    } catch (IOException | RuntimeException e) {
      release();
      throw e;
    }
  }

  @Override
  protected Action process() throws IOException {
    ByteBuffer bytes = piece.getByteBuffer();
    if (!bytes.hasRemaining()) {
      if (left == 0) {
        return Action.SUCCEEDED;
      }
      readNextPiece();
    }
    response.write(left == 0, bytes, this);
    return Action.SCHEDULED;
  }

  private void readNextPiece() throws IOException {
    try {
      readPiece();
    } catch (IOException e) {
      errors.count("cannot go on reading " + name, e, "closed the connection");
      throw new EofException(e); // which Jetty does not log a second time
    }
  }

  /** Fills the buffer with the next bytes of the file; it is ready to be written then. */
  private void readPiece() throws IOException {
    ByteBuffer bytes = piece.getByteBuffer();
    bytes.clear().limit((int) Math.min(pieceBytes, left));
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw new IOException("it ends " + (left - bytes.position()) + " bytes early");
      }
    }
    left -= bytes.position();
    bytes.flip();
  }

  /**
   * Ends the response. After a failure the connection ends as well, which is the only way left to
   * say that the body is not whole.
   */
  @Override
  protected void onCompleted(@Nullable Throwable failure) {
    release();
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
  }

  private void release() {
    piece.release();
    budget.give(pieceBytes);
    ServedFile.closeQuietly(file);
  }
}
