package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kobako.block.client.mount.nbd.RequestDecoder.Found;

class TransmissionFuzzTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final int DISK_BYTES = 8 * BLOCK + 1000;
  private static final Agreement AGREEMENT = new Agreement(true, true);
  private static final Logger LOG = Logger.getLogger(NbdServer.class.getName());

  private static final MemoryDisk DISK =
      new MemoryDisk(DISK_BYTES).withHole(2, 3).withFaultyBlock(6);

  static {
    LOG.setLevel(Level.OFF);
  }

  private final SentBytes sent = new SentBytes();
  private final Outlet outlet = new Outlet(sent);
  private final Answerer answerer = new Answerer(DISK);

  /**
   * Whatever a client sends, however it is cut (the first byte says how): each request it contains
   * gets one well-formed reply of its cookie that stays within what was asked for.
   */
  @FuzzTest(maxDuration = "30s")
  void eachRequestGetsOneReply(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    int pieceBytes = 1 + Byte.toUnsignedInt(input[0]);
    RequestDecoder decoder = new RequestDecoder();
    Request request = new Request();
    ByteBuffer in = ByteBuffer.allocate(512).flip();
    for (int at = 1; ; ) {
      Found found = decoder.next(in, request);
      if (found == Found.REQUEST) {
        if (request.command == NbdCommand.DISCONNECT) {
          return;
        }
        request.validate(DISK_BYTES, AGREEMENT);
        answerer.answer(request, AGREEMENT, outlet);
        assertAnswers(request, sent.take());
      } else if (found == Found.NEED_INPUT && at < input.length) {
        in.compact();
        int piece = Math.min(Math.min(pieceBytes, in.remaining()), input.length - at);
        assertThat(piece).as("room for more").isPositive();
        in.put(input, at, piece).flip();
        at += piece;
      } else {
        return;
      }
    }
  }

  private static void assertAnswers(Request request, byte[] reply) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(reply));
    long covered = request.offset;
    boolean failed = false;
    for (Chunk chunk : Chunk.readReply(in)) {
      assertThat(chunk.cookie()).isEqualTo(request.cookie);
      switch (chunk.type()) {
        case ReplyLayout.TYPE_OFFSET_DATA -> {
          assertThat(chunk.offset()).isEqualTo(covered);
          assertThat(chunk.data()).isEqualTo(DISK.content(covered, chunk.data().length));
          covered += chunk.data().length;
        }
        case ReplyLayout.TYPE_OFFSET_HOLE -> {
          assertThat(chunk.offset()).isEqualTo(covered);
          assertThat(DISK.content(covered, chunk.holeLength()))
              .isEqualTo(new byte[chunk.holeLength()]);
          covered += chunk.holeLength();
        }
        case ReplyLayout.TYPE_BLOCK_STATUS -> {
          long length = 0;
          for (int at = 4; at < chunk.payload().capacity(); at += 8) {
            length += chunk.payload().getInt(at);
          }
          assertThat(length).isPositive().isLessThanOrEqualTo(request.length);
        }
        case ReplyLayout.TYPE_ERROR, ReplyLayout.TYPE_ERROR_OFFSET -> failed = true;
        case ReplyLayout.TYPE_NONE -> assertThat(chunk.payload().capacity()).isZero();
        default -> throw new AssertionError("chunk of type " + chunk.type());
      }
    }
    assertThat(in.available()).as("bytes after the last chunk").isZero();
    if (request.command == NbdCommand.READ && !failed) {
      assertThat(covered - request.offset).isEqualTo(request.length);
    }
  }
}
