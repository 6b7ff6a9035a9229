package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.kobako.block.client.mount.nbd.Negotiation.Step;

class NegotiationFuzzTest {
  private static final Export EXPORT = new Export(new MemoryDisk(MemoryDisk.BLOCK_BYTES));

  /** How a negotiation ended and all that was answered. */
  private record Outcome(Step step, Agreement agreement, String answers) {}

  /** The first byte says how the rest is cut into pieces; how must make no difference. */
  @FuzzTest(maxDuration = "30s")
  void anythingEndsTheSameHoweverItIsCut(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    assertThat(negotiate(sent, 1 + Byte.toUnsignedInt(input[0])))
        .isEqualTo(negotiate(sent, Negotiation.INPUT_BYTES));
  }

  private static Outcome negotiate(byte[] sent, int pieceBytes) {
    Negotiation negotiation = new Negotiation(EXPORT);
    ByteBuffer in = ByteBuffer.allocate(Negotiation.INPUT_BYTES).flip();
    ByteBuffer out = ByteBuffer.allocate(Negotiation.OUTPUT_BYTES);
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    for (int at = 0; ; ) {
      Step step = negotiation.next(in, out);
      answers.write(out.array(), 0, out.position());
      out.clear();
      if (step == Step.NEED_INPUT) {
        assertThat(in.remaining()).as("room for more").isLessThan(Negotiation.INPUT_BYTES);
        in.compact();
        int piece = Math.min(Math.min(pieceBytes, in.remaining()), sent.length - at);
        in.put(sent, at, piece).flip();
        at += piece;
        if (piece == 0) {
          return new Outcome(step, negotiation.agreement(), Arrays.toString(answers.toByteArray()));
        }
      } else if (step != Step.ANSWERED) {
        return new Outcome(step, negotiation.agreement(), Arrays.toString(answers.toByteArray()));
      }
    }
  }
}
