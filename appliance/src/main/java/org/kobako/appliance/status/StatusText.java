package org.kobako.appliance.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.kobako.block.client.cli.Units;
import org.kobako.caching.proxy.ProxyStatus;
import org.kobako.caching.proxy.fetch.FetchStatus;

/** What a box says of itself, for people. */
final class StatusText {
  private final StringBuilder text = new StringBuilder();

  private StatusText() {}

  static String of(BoxStatus status) {
    StatusText text = new StatusText();
    text.line("%s  up %s", status.url(), coarse(status.uptime()));
    text.services(status.services());
    status.room().ifPresent(text::room);
    status.proxy().ifPresent(text::proxy);
    return text.text.toString();
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }

  private void services(List<ServiceStatus> services) {
    List<List<String>> rows = new ArrayList<>();
    for (ServiceStatus service : services) {
      rows.add(List.of(service.name(), word(service.state()), service.why()));
    }
    table(List.of("service", "state", ""), rows);
  }

  private void room(RoomStatus room) {
    line("");
    line("room %s, disks move %s", room.zone(), room.policy());
    List<List<String>> boxes = new ArrayList<>();
    for (RoomStatus.Box box : room.boxes()) {
      boxes.add(
          List.of(
              box.name() + (box.name().equals(room.box()) ? " (this one)" : ""),
              box.address(),
              word(box.state())
                  + (box.failing().isEmpty()
                      ? ""
                      : ", without " + String.join(", ", box.failing())),
              String.valueOf(box.loadLevel()),
              String.valueOf(box.priority()),
              String.valueOf(box.machines()),
              String.join(", ", box.images())));
    }
    table(List.of("box", "address", "state", "load", "priority", "machines", "images"), boxes);
    List<List<String>> disks = new ArrayList<>();
    for (RoomStatus.PlacedDisk disk : room.disks()) {
      disks.add(List.of(disk.machine(), String.valueOf(disk.number()), disk.box()));
    }
    table(List.of("machine", "disk", "box"), disks);
    List<List<String>> events = new ArrayList<>();
    for (RoomStatus.Event event : room.events()) {
      events.add(List.of(coarse(event.ago()), event.what()));
    }
    table(List.of("ago", "event"), events);
    if (!room.ignoredHeartbeats().isEmpty()) {
      line("");
      line("heartbeats that did nothing: %s", room.ignoredHeartbeats());
    }
  }

  private void proxy(ProxyStatus proxy) {
    line("");
    line(
        "cache: %d blocks, %s of %s; fetched %s with %d requests, %d machines waited for another's",
        proxy.blocks(),
        Units.roundSize(proxy.usedBytes()),
        Units.roundSize(proxy.quotaBytes()),
        Units.roundSize(proxy.fetches().bytes()),
        proxy.fetches().asked(),
        proxy.fetches().coalesced());
    List<List<String>> upstreams = new ArrayList<>();
    for (FetchStatus.OfUpstream upstream : proxy.fetches().upstreams()) {
      upstreams.add(List.of(upstream.url().toString(), upstream.state().toLowerCase(Locale.ROOT)));
    }
    table(List.of("upstream", "state"), upstreams);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** In its largest unit: {@code 3h}. */
  private static String coarse(Duration duration) {
    if (duration.toMinutes() == 0) {
      return duration.toSeconds() + "s";
    }
    return duration.toHours() == 0
        ? duration.toMinutes() + "m"
        : duration.toDays() == 0 ? duration.toHours() + "h" : duration.toDays() + "d";
  }

  /** With a line of its own before it; nothing where there are no rows. */
  private void table(List<String> heading, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    List<List<String>> all = new ArrayList<>(List.of(heading));
    all.addAll(rows);
    line("");
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int number = column;
        int width = all.stream().mapToInt(one -> one.get(number).length()).max().orElse(0);
        line.append(String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s  ", row.get(column)));
      }
      line("%s", line);
    }
  }
}
