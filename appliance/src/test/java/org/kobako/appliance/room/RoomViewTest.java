package org.kobako.appliance.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kobako.dns.balance.Disk;
import org.kobako.dns.balance.MachineRange;
import org.kobako.heartbeat.Heartbeat;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.Report;

class RoomViewTest {
  private static final InetAddress OWN = InetAddress.ofLiteral("10.75.0.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("10.75.0.2");
  private static final Disk DISK = disk("10.75.0.100");
  private static final long OTHER_BOX = 2;

  private long seconds;
  private final Events events = new Events(() -> TimeUnit.SECONDS.toNanos(seconds));
  private final RoomView view =
      new RoomView(
          Identity.name(1),
          List.of(OWN),
          List.of(
              new MachineRange(
                  InetAddress.ofLiteral("10.75.0.0"), InetAddress.ofLiteral("10.75.0.255"))),
          RoomConfig.DEFAULTS,
          () -> TimeUnit.SECONDS.toNanos(seconds),
          events);

  private static Disk disk(String machine) {
    return new Disk(InetAddress.ofLiteral(machine), 1);
  }

  private static Report report(InetAddress address, int load, Report.Assigned... assigned) {
    return new Report(
        load, 5, false, 0, List.of(), List.of(), List.of(address), List.of(), List.of(assigned));
  }

  private static Heartbeat heartbeat(long sequence, Report.Assigned... assigned) {
    return new Heartbeat(
        new Life(OTHER_BOX, 7), sequence, false, List.of(), report(OTHER, 3, assigned));
  }

  @Test
  void whereNobodyIsToBeCountedOnThisBoxIsBetterThanNone() {
    assertThat(view.of(DISK)).containsExactly(OWN);
    view.tellOwn(Optional.empty());
    assertThat(view.of(DISK)).containsExactly(OWN);
    view.tell(List.of(heartbeat(1)));
    assertThat(view.of(DISK)).containsExactly(OTHER);
  }

  @Test
  void aBoxThatIsNotThereAnyMoreIsNamedNoMore() {
    view.tellOwn(Optional.of(report(OWN, 0)));
    view.tell(List.of(heartbeat(1)));
    assertThat(view.of(DISK)).containsExactly(OWN, OTHER);
    assertThat(view.names()).containsExactly(Identity.name(1), Identity.name(OTHER_BOX));
    view.tell(List.of());
    assertThat(view.of(DISK)).containsExactly(OWN);
    assertThat(view.of(Identity.name(OTHER_BOX))).isEmpty();
    assertThat(events.newestFirst().getFirst().what())
        .isEqualTo("box 0000000000000002 (10.75.0.2) is silent");
  }

  @Test
  void whatOneHeartbeatTellsIsHeardOnceAsItsAgesAreOfThatMoment() {
    view.tellOwn(Optional.of(report(OWN, 0)));
    Heartbeat told = heartbeat(1, new Report.Assigned(DISK.machine(), DISK.number(), OTHER_BOX, 1));
    view.tell(List.of(told));
    assertThat(view.disks()).containsEntry(DISK, Identity.name(OTHER_BOX));
    seconds = 599;
    view.tell(List.of(told));
    seconds = 601; // ten minutes after the disk was asked for
    view.tell(List.of(told));
    assertThat(view.disks()).isEmpty();
  }

  @Test
  void whoIsNoMachineOfTheRoomIsAnsweredAndLeavesNoTrace() {
    view.tellOwn(Optional.of(report(OWN, 0)));
    assertThat(view.of(disk("192.0.2.1"))).containsExactly(OWN);
    assertThat(view.disks()).isEmpty();
    assertThat(view.toTell()).isEmpty();
    List<InetAddress> sent = new ArrayList<>(view.of(DISK));
    assertThat(sent).containsExactly(OWN);
    assertThat(view.toTell()).hasSize(1);
    assertThat(view.machines(Identity.name(1))).isEqualTo(1);
  }
}
