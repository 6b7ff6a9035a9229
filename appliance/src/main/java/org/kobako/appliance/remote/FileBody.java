package org.kobako.appliance.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A file, or its first bytes, as the body of a request.
 *
 * @param lengthBytes how many of them
 * @param progress told how many bytes are sent
 */
public record FileBody(Path file, long lengthBytes, LongConsumer progress)
    implements BoxConnection.Body {
  private static final int PIECE_BYTES = 64 << 10;

  /** One that nobody watches. */
  FileBody(Path file, long lengthBytes) {
    this(file, lengthBytes, sent -> {});
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (long sent = 0; sent < lengthBytes; progress.accept(sent)) {
        int length = in.read(piece, 0, (int) Math.min(lengthBytes - sent, piece.length));
        if (length < 0) {
          throw new IOException(file + " ends early");
        }
        out.write(piece, 0, length);
        sent += length;
      }
    }
  }
}
