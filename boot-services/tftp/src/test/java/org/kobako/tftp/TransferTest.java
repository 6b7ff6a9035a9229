package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which packets a transfer sends, in what order, for which ACKs and at what time. */
class TransferTest {
  private static final long MS = 1_000_000;
  private static final TftpConfig CONFIG = TftpConfig.defaults();

  private long nowMs;
  private Transfer transfer = lockStep(10);

  /** A file of so many packets, asked for without options. */
  private static Transfer lockStep(long packets) {
    return new Transfer(new Terms(Options.NONE, (packets - 1) * 512 + 1), CONFIG, 0);
  }

  /** A file of so many packets, asked for in a window, which needs an OACK. */
  private static Transfer windowed(int window, long packets) {
    Options agreed = new Options(8, window, 0, false);
    return new Transfer(new Terms(agreed, (packets - 1) * 8 + 1), CONFIG, 0);
  }

  /** What is sent now. */
  private List<Long> sent() {
    List<Long> numbers = new ArrayList<>();
    for (long number = next(); number != Transfer.NOTHING; number = next()) {
      numbers.add(number);
    }
    return numbers;
  }

  private long next() {
    return transfer.next(nowMs * MS);
  }

  private List<Long> sentAfterAck(int number) {
    transfer.ack(number, nowMs * MS);
    return sent();
  }

  private List<Long> sentAt(long timeMs) {
    nowMs = timeMs;
    transfer.tick(nowMs * MS);
    return sent();
  }

  /** Brings a windowed transfer to its first full window. */
  private void open(int window, long packets) {
    transfer = windowed(window, packets);
    assertThat(sent()).containsExactly(0L);
    assertThat(sentAfterAck(0)).hasSize((int) Math.min(window, packets));
  }

  @Test
  void withoutOptionsDataComeFirst() {
    assertThat(sent()).containsExactly(1L);
    assertThat(sentAfterAck(1)).containsExactly(2L);
  }

  @Test
  void withOptionsNoDataComeBeforeTheOptionsAreAcknowledged() {
    transfer = windowed(4, 10);
    assertThat(sent()).containsExactly(0L);
    assertThat(sentAfterAck(0)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L, 7L, 8L);
  }

  @Test
  void theLastAckEndsIt() {
    transfer = lockStep(2);
    sent();
    sentAfterAck(1);
    assertThat(transfer.state()).isEqualTo(Transfer.State.SENDING);
    assertThat(sentAfterAck(2)).isEmpty();
    assertThat(transfer.state()).isEqualTo(Transfer.State.DONE);
  }

  @Test
  void theLastWindowIsAsLongAsWhatIsLeft() {
    open(4, 6);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L);
    sentAfterAck(6);
    assertThat(transfer.state()).isEqualTo(Transfer.State.DONE);
  }

  @Test
  void numbersGoOnBehind65535() {
    transfer = lockStep(70_000);
    sent();
    for (int number = 1; number < 70_000; number++) {
      assertThat(sentAfterAck(number & 0xffff)).containsExactly(number + 1L);
    }
    sentAfterAck(70_000 & 0xffff);
    assertThat(transfer.state()).isEqualTo(Transfer.State.DONE);
  }

  @Test
  void aWindowGoesOnAcross65535() {
    open(64, 200_000);
    for (long acked = 64; acked < 200_000; acked += 64) {
      assertThat(sentAfterAck((int) acked & 0xffff)).startsWith(acked + 1);
    }
    sentAfterAck(200_000 & 0xffff);
    assertThat(transfer.state()).isEqualTo(Transfer.State.DONE);
  }

  @Test
  void lossOfDataIsMadeUpForAfterTheRetransmissionTime() {
    sent();
    sentAfterAck(1);
    assertThat(sentAt(999)).isEmpty();
    assertThat(sentAt(1000)).containsExactly(2L);
  }

  @Test
  void theRetransmissionTimeDoubles() {
    sent();
    sentAfterAck(1);
    List<Long> times = new ArrayList<>();
    for (long ms = 0; ms < 30_000; ms += 100) {
      if (!sentAt(ms).isEmpty()) {
        times.add(ms);
      }
    }
    assertThat(times).containsExactly(1000L, 3000L, 7000L, 15_000L, 23_000L);
  }

  @Test
  void anAckBringsTheRetransmissionTimeBack() {
    sent();
    sentAfterAck(1);
    sentAt(1000);
    sentAt(3000);
    assertThat(sentAfterAck(2)).containsExactly(3L);
    assertThat(sentAt(4000)).containsExactly(3L);
  }

  @Test
  void aMachineThatAsksForItsOwnTimeGetsThat() {
    transfer = new Transfer(new Terms(new Options(0, 0, 5, false), 1000), CONFIG, 0);
    sent();
    sentAfterAck(0);
    assertThat(sentAt(4900)).isEmpty();
    assertThat(sentAt(5000)).containsExactly(1L);
  }

  @Test
  void whoNeverAnsweredIsSentThreePacketsAndNoMore() {
    int count = sent().size();
    for (long ms = 0; ms < 60_000; ms += 100) {
      count += sentAt(ms).size();
    }
    assertThat(count).isEqualTo(3);
    assertThat(transfer.state()).isEqualTo(Transfer.State.GIVEN_UP);
  }

  @Test
  void whoWentSilentIsGivenUp() {
    sent();
    nowMs = 5000;
    sentAfterAck(1);
    sentAt(34_900);
    assertThat(transfer.state()).isEqualTo(Transfer.State.SENDING);
    sentAt(35_000);
    assertThat(transfer.state()).isEqualTo(Transfer.State.GIVEN_UP);
  }

  @Test
  void repeatedAcksDoNotKeepATransferAlive() {
    sent();
    sentAfterAck(1);
    for (nowMs = 0; nowMs <= 30_000; nowMs += 100) {
      transfer.ack(1, nowMs * MS);
      sentAt(nowMs);
    }
    assertThat(transfer.state()).isEqualTo(Transfer.State.GIVEN_UP);
  }

  @Test
  void duplicateOfAnAckIsNotAnsweredInLockStep() {
    sent();
    assertThat(sentAfterAck(1)).containsExactly(2L);
    assertThat(sentAfterAck(1)).isEmpty();
    assertThat(sentAfterAck(2)).containsExactly(3L);
    assertThat(sentAfterAck(1)).isEmpty();
    assertThat(sentAfterAck(2)).isEmpty();
  }

  @Test
  void ackOfWhatWasNotSentIsIgnored() {
    sent();
    sentAfterAck(1);
    for (int number = 3; number <= 0x10000; number += 1) {
      assertThat(sentAfterAck(number & 0xffff)).isEmpty();
    }
    assertThat(transfer.state()).isEqualTo(Transfer.State.SENDING);
    assertThat(sentAfterAck(2)).containsExactly(3L);
  }

  @Test
  void lossInsideAWindowIsMadeUpForAtOnce() {
    open(4, 20);
    assertThat(sentAfterAck(2)).containsExactly(3L, 4L, 5L, 6L);
  }

  @Test
  void lossOfAWindowsFirstPacketIsMadeUpForAtOnce() {
    open(4, 20);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L, 7L, 8L);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L, 7L, 8L);
  }

  /** edk2 answers every packet behind a gap. */
  @Test
  void manyAcksForOneGapAreAnsweredOnce() {
    open(4, 20);
    assertThat(sentAfterAck(1)).containsExactly(2L, 3L, 4L, 5L);
    assertThat(sentAfterAck(1)).isEmpty();
    assertThat(sentAfterAck(1)).isEmpty();
    assertThat(sentAfterAck(5)).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void aWindowThatWasSentTwiceAndIsAnsweredTwiceIsFollowedOnce() {
    open(4, 20);
    assertThat(sentAt(1000)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L, 7L, 8L);
    for (int copies = 0; copies < 4; copies++) {
      assertThat(sentAfterAck(4)).isEmpty();
    }
    assertThat(sentAfterAck(8)).containsExactly(9L, 10L, 11L, 12L);
  }

  @Test
  void delayedAckOfAnEarlierWindowIsIgnored() {
    open(4, 20);
    sentAfterAck(4);
    sentAfterAck(8);
    assertThat(sentAfterAck(4)).isEmpty();
    assertThat(sentAfterAck(2)).isEmpty();
  }

  @Test
  void ackOfACopyThatWasOvertakenCountsAlthoughLessWasSentAgain() {
    open(4, 20);
    sentAt(1000); // 1 to 4 once more, of which the machine had all
    transfer.ack(1, nowMs * MS);
    assertThat(sentAfterAck(4)).containsExactly(5L, 6L, 7L, 8L);
  }

  @Test
  void lossOfTheAnswerToARequestIsMadeUpForWhenTheMachineAsksAgain() {
    assertThat(sent()).containsExactly(1L);
    transfer.askedAgain();
    assertThat(sent()).containsExactly(1L);
  }

  @Test
  void askingAgainDoesNotDisturbARunningTransfer() {
    sent();
    sentAfterAck(1);
    transfer.askedAgain();
    assertThat(sent()).isEmpty();
  }
}
