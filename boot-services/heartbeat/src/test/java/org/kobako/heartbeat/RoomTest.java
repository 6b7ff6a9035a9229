package org.kobako.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.Room.Effect;

class RoomTest {
  private static final Life SELF = new Life(1, 101);
  private static final Life OTHER = new Life(2, 201);

  private final Room room = new Room(SELF);
  private long nowNs;

  private Effect hears(Life life, long sequence, Life... heard) {
    return hears(false, life, sequence, heard);
  }

  private Effect hears(boolean isLast, Life life, long sequence, Life... heard) {
    return room.hear(
        new Heartbeat(
            life,
            sequence,
            isLast,
            List.of(heard),
            new Report(0, 5, false, 0, List.of(), List.of(), List.of(), List.of(), List.of())),
        nowNs);
  }

  private void seconds(int count) {
    nowNs += TimeUnit.SECONDS.toNanos(count);
  }

  @Test
  void aBoxJoinsWhenItHasHeardThisOne() {
    assertThat(hears(OTHER, 1)).isEqualTo(Effect.KNOCKED);
    assertThat(room.members()).isEmpty();
    assertThat(room.heard()).containsExactly(OTHER);
    assertThat(hears(OTHER, 2, SELF)).isEqualTo(Effect.JOINED);
    assertThat(room.members()).hasSize(1);
    assertThat(hears(OTHER, 3)).isEqualTo(Effect.RENEWED);
  }

  @Test
  void whoIsSilentForThreeSecondsHasLeft() {
    hears(OTHER, 1, SELF);
    seconds(2);
    assertThat(room.expire(nowNs)).isEmpty();
    hears(OTHER, 2, SELF);
    seconds(3);
    assertThat(room.expire(nowNs)).containsExactly(OTHER);
    assertThat(room.members()).isEmpty();
    assertThat(hears(OTHER, 3, SELF)).isEqualTo(Effect.JOINED);
  }

  @Test
  void whoLeavesIsNotWaitedForAndMayComeBack() {
    hears(OTHER, 1, SELF);
    assertThat(hears(true, OTHER, 1, SELF)).isEqualTo(Effect.REPEATED);
    assertThat(hears(true, OTHER, 2, SELF)).isEqualTo(Effect.LEFT);
    assertThat(room.members()).isEmpty();
    assertThat(hears(OTHER, 2, SELF)).isEqualTo(Effect.REPEATED);
    assertThat(hears(new Life(OTHER.box(), 202), 1, SELF)).isEqualTo(Effect.JOINED);
  }

  @Test
  void whatWasHeardBeforeOrComesTooLateChangesNothing() {
    hears(OTHER, 5, SELF);
    seconds(2);
    assertThat(hears(OTHER, 5, SELF)).isEqualTo(Effect.REPEATED);
    assertThat(hears(OTHER, 4, SELF)).isEqualTo(Effect.REPEATED);
    seconds(1);
    assertThat(room.expire(nowNs)).containsExactly(OTHER);
    assertThat(hears(OTHER, 5, SELF)).isEqualTo(Effect.REPEATED);
    assertThat(room.members()).isEmpty();
    assertThat(room.heard()).isEmpty();
  }

  @Test
  void whatWasRecordedBeforeThisBoxStartedLetsNobodyIn() {
    Life before = new Life(SELF.box(), 100);
    for (int sequence = 1; sequence <= 100; sequence++) {
      assertThat(hears(OTHER, sequence, before)).isEqualTo(Effect.KNOCKED);
    }
    assertThat(room.members()).isEmpty();
  }

  @Test
  void aBoxThatStartsAgainIsTakenForATwinUntilItsOldLifeIsOver() {
    Life again = new Life(OTHER.box(), 202);
    hears(OTHER, 50, SELF);
    seconds(1);
    assertThat(hears(again, 1, SELF)).isEqualTo(Effect.TWIN);
    assertThat(room.members().getFirst().life()).isEqualTo(OTHER);
    seconds(2);
    assertThat(hears(again, 2, SELF)).isEqualTo(Effect.JOINED);
    assertThat(hears(OTHER, 50, SELF)).isEqualTo(Effect.REPEATED);
    assertThat(room.members().getFirst().life()).isEqualTo(again);
  }

  @Test
  void oneWithThisBoxsIdentityIsATwinAndItsOwnHeartbeatIsNone() {
    assertThat(hears(SELF, 1)).isEqualTo(Effect.OWN);
    assertThat(hears(new Life(SELF.box(), 7), 1, SELF)).isEqualTo(Effect.TWIN);
    assertThat(room.heard()).isEmpty();
  }

  @Test
  void aFullRoomLetsNobodyIn() {
    for (int box = 10; box < 10 + Room.MAX_BOXES; box++) {
      assertThat(hears(new Life(box, 1), 1, SELF)).isEqualTo(Effect.JOINED);
    }
    assertThat(hears(OTHER, 1, SELF)).isEqualTo(Effect.FULL);
    assertThat(room.members()).hasSize(Room.MAX_BOXES);
  }
}
