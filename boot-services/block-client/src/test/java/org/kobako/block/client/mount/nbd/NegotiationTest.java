package org.kobako.block.client.mount.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.block.client.mount.nbd.Negotiation.Step;

class NegotiationTest {
  private static final byte[] NOTHING = {};
  private static final int TRANSMISSION_FLAGS = 0b101_0000_0011;
  private static final int SEND_DF = 1 << 7;

  private final MemoryDisk disk = new MemoryDisk(1 << 20);
  private final Negotiation negotiation = new Negotiation(new Export(disk));
  private final ByteBuffer out = ByteBuffer.allocate(Negotiation.OUTPUT_BYTES);

  /** An answer to an option. */
  private record Answer(int type, ByteBuffer data) {
    private String text(int from) {
      return new String(data.array(), from, data.capacity() - from, UTF_8);
    }
  }

  private void greeted() {
    assertThat(negotiation.next(Messages.clientFlags(3), out)).isEqualTo(Step.ANSWERED);
  }

  private Step send(int option, byte[] data) {
    out.clear();
    return negotiation.next(Messages.option(option, data), out);
  }

  private List<Answer> answers(int option) {
    out.flip();
    List<Answer> answers = new ArrayList<>();
    while (out.hasRemaining()) {
      assertThat(out.getLong()).isEqualTo(Negotiation.REPLY_MAGIC);
      assertThat(out.getInt()).isEqualTo(option);
      int type = out.getInt();
      byte[] data = new byte[out.getInt()];
      out.get(data);
      answers.add(new Answer(type, ByteBuffer.wrap(data)));
    }
    return answers;
  }

  private int onlyAnswer(int option, byte[] data) {
    assertThat(send(option, data)).isEqualTo(Step.ANSWERED);
    List<Answer> answers = answers(option);
    assertThat(answers).hasSize(1);
    return answers.getFirst().type();
  }

  @Test
  void greetingOffersFixedNewstyleWithoutZeroes() {
    Negotiation.greet(out);
    assertThat(out.flip())
        .isEqualTo(
            ByteBuffer.allocate(18)
                .put("NBDMAGICIHAVEOPT".getBytes(UTF_8))
                .putShort((short) 3)
                .flip());
  }

  @Test
  void unknownClientFlagEndsTheConnection() {
    assertThat(negotiation.next(Messages.clientFlags(4), out)).isEqualTo(Step.CLOSE);
  }

  @Test
  void exportNameIsAnsweredByLengthAndFlags() {
    greeted();
    assertThat(send(Negotiation.OPT_EXPORT_NAME, Messages.text("debian"))).isEqualTo(Step.TRANSMIT);
    assertThat(out.flip().remaining()).isEqualTo(10);
    assertThat(out.getLong()).isEqualTo(1 << 20);
    assertThat(out.getShort()).isEqualTo((short) TRANSMISSION_FLAGS);
  }

  @Test
  void oldClientGetsItsZeroes() {
    negotiation.next(Messages.clientFlags(1), out);
    send(Negotiation.OPT_EXPORT_NAME, NOTHING);
    assertThat(out.position()).isEqualTo(10 + 124);
  }

  @Test
  void unknownExportNameEndsTheConnection() {
    greeted();
    assertThat(send(Negotiation.OPT_EXPORT_NAME, Messages.text("fedora"))).isEqualTo(Step.CLOSE);
    assertThat(out.position()).isZero();
  }

  @Test
  void goBeginsTransmissionAndTellsWhatWasAsked() {
    greeted();
    byte[] all = Messages.info("debian", 3, 2, 1, 0, 3, 77);
    assertThat(send(Negotiation.OPT_GO, all)).isEqualTo(Step.TRANSMIT);
    List<Answer> answers = answers(Negotiation.OPT_GO);
    assertThat(answers)
        .extracting(Answer::type)
        .containsExactly(
            Negotiation.REP_INFO,
            Negotiation.REP_INFO,
            Negotiation.REP_INFO,
            Negotiation.REP_INFO,
            Negotiation.REP_ACK);
    assertThat(answers.get(1).text(2)).isEqualTo("debian");
    assertThat(answers.get(2).text(2)).contains("read-only");
    ByteBuffer blockSize = answers.get(3).data();
    assertThat(blockSize.getInt(2)).isEqualTo(1);
    assertThat(blockSize.getInt(6)).isEqualTo(MemoryDisk.BLOCK_BYTES);
    assertThat(blockSize.getInt(10)).isEqualTo(32 << 20);
  }

  @Test
  void infoLeavesTheNegotiationOpen() {
    greeted();
    assertThat(send(Negotiation.OPT_INFO, Messages.info(""))).isEqualTo(Step.ANSWERED);
    assertThat(send(Negotiation.OPT_GO, Messages.info(""))).isEqualTo(Step.TRANSMIT);
  }

  @Test
  void dontFragmentIsOfferedOnlyWithStructuredReplies() {
    greeted();
    assertThat(onlyAnswer(Negotiation.OPT_STRUCTURED_REPLY, NOTHING))
        .isEqualTo(Negotiation.REP_ACK);
    send(Negotiation.OPT_GO, Messages.info(""));
    assertThat(answers(Negotiation.OPT_GO).getFirst().data().getShort(10))
        .isEqualTo((short) (TRANSMISSION_FLAGS | SEND_DF));
    assertThat(negotiation.agreement()).isEqualTo(new Agreement(true, false));
  }

  @Test
  void goForAnotherExportIsRefusedAndTheNegotiationGoesOn() {
    greeted();
    assertThat(onlyAnswer(Negotiation.OPT_GO, Messages.info("fedora")))
        .isEqualTo(Negotiation.REP_ERR_UNKNOWN);
    assertThat(send(Negotiation.OPT_GO, Messages.info("debian"))).isEqualTo(Step.TRANSMIT);
  }

  @Test
  void listNamesTheDisk() {
    greeted();
    send(Negotiation.OPT_LIST, NOTHING);
    List<Answer> answers = answers(Negotiation.OPT_LIST);
    assertThat(answers)
        .extracting(Answer::type)
        .containsExactly(Negotiation.REP_SERVER, Negotiation.REP_ACK);
    assertThat(answers.getFirst().data().getInt(0)).isEqualTo("debian".length());
    assertThat(answers.getFirst().text(4)).startsWith("debian").endsWith("block by block");
  }

  @Test
  void allocationContextIsSelectedByItsWholeName() {
    greeted();
    send(Negotiation.OPT_STRUCTURED_REPLY, NOTHING);
    send(Negotiation.OPT_SET_META_CONTEXT, Messages.contexts("", "x:y", "base:allocation"));
    List<Answer> answers = answers(Negotiation.OPT_SET_META_CONTEXT);
    assertThat(answers.getFirst().type()).isEqualTo(Negotiation.REP_META_CONTEXT);
    assertThat(answers.getFirst().text(4)).isEqualTo("base:allocation");
    assertThat(negotiation.agreement().allocationContext()).isTrue();
  }

  @Test
  void namespaceAloneSelectsNothingButListsAll() {
    greeted();
    send(Negotiation.OPT_STRUCTURED_REPLY, NOTHING);
    byte[] namespace = Messages.contexts("", "base:");
    assertThat(onlyAnswer(Negotiation.OPT_SET_META_CONTEXT, namespace))
        .isEqualTo(Negotiation.REP_ACK);
    assertThat(negotiation.agreement().allocationContext()).isFalse();
    send(Negotiation.OPT_LIST_META_CONTEXT, namespace);
    assertThat(answers(Negotiation.OPT_LIST_META_CONTEXT)).hasSize(2);
    send(Negotiation.OPT_LIST_META_CONTEXT, Messages.contexts(""));
    assertThat(answers(Negotiation.OPT_LIST_META_CONTEXT)).hasSize(2);
  }

  @Test
  void anotherSelectionReplacesTheFirstEvenIfItIsMalformed() {
    greeted();
    send(Negotiation.OPT_STRUCTURED_REPLY, NOTHING);
    send(Negotiation.OPT_SET_META_CONTEXT, Messages.contexts("", "base:allocation"));
    assertThat(onlyAnswer(Negotiation.OPT_SET_META_CONTEXT, NOTHING))
        .isEqualTo(Negotiation.REP_ERR_INVALID);
    assertThat(negotiation.agreement().allocationContext()).isFalse();
  }

  @Test
  void contextsNeedStructuredReplies() {
    greeted();
    byte[] allocation = Messages.contexts("", "base:allocation");
    assertThat(onlyAnswer(Negotiation.OPT_SET_META_CONTEXT, allocation))
        .isEqualTo(Negotiation.REP_ERR_INVALID);
    assertThat(onlyAnswer(Negotiation.OPT_LIST_META_CONTEXT, allocation))
        .isEqualTo(Negotiation.REP_ERR_INVALID);
  }

  @Test
  void lyingLengthsAreInvalid() {
    greeted();
    send(Negotiation.OPT_STRUCTURED_REPLY, NOTHING);
    byte[] go = Messages.info("debian", 1);
    go[0] = (byte) 0xff;
    assertThat(onlyAnswer(Negotiation.OPT_GO, go)).isEqualTo(Negotiation.REP_ERR_INVALID);
    byte[] context = Messages.contexts("", "base:allocation");
    context[4] = (byte) 0xff;
    assertThat(onlyAnswer(Negotiation.OPT_SET_META_CONTEXT, context))
        .isEqualTo(Negotiation.REP_ERR_INVALID);
    byte[] tooMany = Messages.info("debian", 1, 2);
    tooMany[tooMany.length - 5] = 1;
    assertThat(onlyAnswer(Negotiation.OPT_INFO, tooMany)).isEqualTo(Negotiation.REP_ERR_INVALID);
  }

  @Test
  void optionsWithoutDataRefuseData() {
    greeted();
    for (int option :
        new int[] {
          Negotiation.OPT_LIST, Negotiation.OPT_STRUCTURED_REPLY, Negotiation.OPT_STARTTLS
        }) {
      assertThat(onlyAnswer(option, new byte[3])).isEqualTo(Negotiation.REP_ERR_INVALID);
    }
  }

  @Test
  void tlsAndUnknownOptionsAreUnsupported() {
    greeted();
    assertThat(onlyAnswer(Negotiation.OPT_STARTTLS, NOTHING)).isEqualTo(Negotiation.REP_ERR_UNSUP);
    assertThat(onlyAnswer(11, NOTHING)).isEqualTo(Negotiation.REP_ERR_UNSUP);
    assertThat(onlyAnswer(-1, new byte[100])).isEqualTo(Negotiation.REP_ERR_UNSUP);
  }

  @Test
  void tooLongAnOptionIsRefusedAndPassedOver() {
    greeted();
    byte[] endless = new byte[Negotiation.MAX_DATA_BYTES + 1];
    assertThat(onlyAnswer(Negotiation.OPT_GO, endless)).isEqualTo(Negotiation.REP_ERR_TOO_BIG);
    ByteBuffer rest = ByteBuffer.allocate(endless.length + 100);
    rest.put(endless).put(Messages.option(Negotiation.OPT_ABORT, NOTHING)).flip();
    out.clear();
    assertThat(negotiation.next(rest, out)).isEqualTo(Step.CLOSE);
    assertThat(answers(Negotiation.OPT_ABORT)).hasSize(1);
  }

  @Test
  void optionsWithoutEndEndTheConnection() {
    greeted();
    for (int i = 0; i < Negotiation.MAX_OPTIONS; i++) {
      assertThat(send(Negotiation.OPT_LIST, NOTHING)).isEqualTo(Step.ANSWERED);
    }
    assertThat(send(Negotiation.OPT_LIST, NOTHING)).isEqualTo(Step.CLOSE);
  }

  @Test
  void wrongMagicEndsTheConnection() {
    greeted();
    ByteBuffer option = Messages.option(Negotiation.OPT_LIST, NOTHING);
    option.put(0, (byte) 'J');
    assertThat(negotiation.next(option, out)).isEqualTo(Step.CLOSE);
  }

  @Test
  void longestAnswersFitTheirRoom() {
    ByteBuffer wide = ByteBuffer.allocate(Negotiation.OUTPUT_BYTES);
    Negotiation longest =
        new Negotiation(new Export(new MemoryDisk(1 << 16).named("x".repeat(256))));
    longest.next(Messages.clientFlags(0), wide);
    longest.next(Messages.option(Negotiation.OPT_INFO, Messages.info("", 0, 1, 2, 3)), wide);
    assertThat(wide.position()).isGreaterThan(5 * Negotiation.OPTION_REPLY_BYTES + 256);
  }
}
