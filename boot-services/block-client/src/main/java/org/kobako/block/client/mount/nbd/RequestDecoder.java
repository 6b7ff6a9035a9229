package org.kobako.block.client.mount.nbd;

import java.nio.ByteBuffer;

/**
 * Finds the requests in what a client sends, however it is cut into pieces, and passes over the
 * payload of writes. Pure; one per connection.
 */
final class RequestDecoder {
  /** What was found. After the last two the stream cannot be followed any more. */
  enum Found {
    NEED_INPUT,
    REQUEST,
    BAD_MAGIC,
    OVERSIZED_WRITE
  }

  /** Bytes of a write that are still to be passed over. */
  private long payloadBytes;

  /**
   * Consumes up to one request.
   *
   * @param in big-endian, ready to be read
   * @param request filled for {@link Found#REQUEST}
   */
  Found next(ByteBuffer in, Request request) {
    int passed = (int) Math.min(payloadBytes, in.remaining());
    in.position(in.position() + passed);
    payloadBytes -= passed;
    if (in.remaining() < Request.BYTES) {
      return Found.NEED_INPUT;
    }
    if (in.getInt(in.position()) != Request.MAGIC) {
      return Found.BAD_MAGIC;
    }
    request.decode(in);
    if (request.command == NbdCommand.WRITE) {
      if (request.length > Export.MAX_PAYLOAD_BYTES) {
        return Found.OVERSIZED_WRITE;
      }
      payloadBytes = request.length;
    }
    return Found.REQUEST;
  }
}
