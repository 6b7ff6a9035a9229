package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A transfer and a machine at two ends of a link with a fault, in simulated time. The machine does
 * as edk2 does: it answers the end of a window, and every packet that is not the next one.
 */
class LossyLinkTest {
  private static final long MS = 1_000_000;
  private static final long PACKETS = 3000;
  private static final int WINDOW = 8;

  /** What befalls every tenth packet, in both directions. */
  enum Fault {
    NONE,
    LOSS,
    DUPLICATE,
    REORDER,
    DELAY,
    ALL
  }

  private record Flying(long arrivalMs, long order, boolean toMachine, long number) {}

  private final PriorityQueue<Flying> link =
      new PriorityQueue<>((a, b) ->
          a.arrivalMs != b.arrivalMs
              ? Long.compare(a.arrivalMs, b.arrivalMs)
              : Long.compare(a.order, b.order));
  private final Random chance = new Random(7);
  private long order;
  private long nowMs;
  private long sentCount;

  private void put(Fault fault, boolean toMachine, long number) {
    boolean strikes = chance.nextInt(10) == 0;
    Fault striking = !strikes ? Fault.NONE : fault;
    if (striking == Fault.ALL) {
      striking = Fault.values()[1 + chance.nextInt(4)];
    }
    switch (striking) {
      case LOSS -> {}
      case DUPLICATE -> {
        fly(1, toMachine, number);
        fly(2, toMachine, number);
      }
      case REORDER -> fly(3, toMachine, number);
      case DELAY -> fly(1500, toMachine, number);
      case NONE, ALL -> fly(1, toMachine, number);
    }
  }

  private void fly(long ms, boolean toMachine, long number) {
    link.add(new Flying(nowMs + ms, order++, toMachine, number));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyPacketArrivesAndFewAreSentTwice(Fault fault) {
    Options agreed = new Options(8, WINDOW, 0, false);
    Transfer transfer =
        new Transfer(new Terms(agreed, (PACKETS - 1) * 8 + 1), TftpConfig.defaults(), 0);
    long expected = 0; // the next packet that the machine wants, from the OACK on
    long lastAckMs = 0;
    while (!transfer.isOver()) {
      transfer.tick(nowMs * MS);
      for (long n = transfer.next(nowMs * MS); n >= 0; n = transfer.next(nowMs * MS)) {
        sentCount++;
        put(fault, true, n);
      }
      while (!link.isEmpty() && link.peek().arrivalMs <= nowMs) {
        Flying packet = link.poll();
        if (!packet.toMachine) {
          transfer.ack((int) packet.number & 0xffff, nowMs * MS);
          continue;
        }
        boolean isNext = packet.number == expected;
        expected += isNext ? 1 : 0;
        boolean endsWindow = (expected - 1) % WINDOW == 0 || expected > PACKETS;
        if (!isNext || endsWindow) {
          put(fault, false, expected - 1);
          lastAckMs = nowMs;
        }
      }
      if (nowMs - lastAckMs > 3000 && expected > 0) {
        put(fault, false, expected - 1); // the machine's own patience
        lastAckMs = nowMs;
      }
      nowMs++;
    }
    assertThat(expected - 1).isEqualTo(PACKETS);
    assertThat(sentCount).isLessThan(fault == Fault.NONE ? PACKETS + 2 : 3 * PACKETS);
  }
}
