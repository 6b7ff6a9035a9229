package org.kobako.appliance.room;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.kobako.dns.Boxes;
import org.kobako.dns.balance.Backend;
import org.kobako.dns.balance.Balance;
import org.kobako.dns.balance.Balance.Told;
import org.kobako.dns.balance.Disk;
import org.kobako.dns.balance.MachineRange;
import org.kobako.heartbeat.Heartbeat;
import org.kobako.heartbeat.Report;

/**
 * The boxes that are there, this one among them, and which disk is at which. Told by the heartbeat,
 * asked by the DNS, each in its own thread.
 */
final class RoomView implements Boxes {
  /** Disks in one heartbeat; as many again in the next second. */
  private static final int MAX_TOLD = 64;

  /** A box as it was heard last. */
  record Member(Report report, long sequence, long heardNs, boolean isThere) {}

  private final String self;
  private final List<InetAddress> ownAddresses;
  private final List<MachineRange> machines;
  private final LongSupplier clockNs;
  private final Events events;
  private final Balance balance;

  /** By name, this box among them; those that left lately as well. */
  private final Map<String, Member> members = new TreeMap<>();

  /**
   * @param machines who counts as one; others that ask are sent somewhere, and forgotten
   */
  RoomView(
      String self,
      List<InetAddress> ownAddresses,
      List<MachineRange> machines,
      RoomConfig config,
      LongSupplier clockNs,
      Events events) {
    this.self = self;
    this.ownAddresses = List.copyOf(ownAddresses);
    this.machines = List.copyOf(machines);
    this.clockNs = clockNs;
    this.events = events;
    this.balance =
        new Balance(
            config.policy(),
            clockNs,
            (disk, why) ->
                events.add(
                    "disk%d of %s goes %s"
                        .formatted(disk.number(), disk.machine().getHostAddress(), why)));
  }

  /**
   * What this box is from now on.
   *
   * @param report empty while nobody is to count on it
   */
  synchronized void tellOwn(Optional<Report> report) {
    long nowNs = clockNs.getAsLong();
    Member before = members.get(self);
    if (report.isPresent()) {
      if (before == null || !before.isThere()) {
        events.add("this box answers, and serves machines");
      }
      members.put(self, new Member(report.get(), 0, nowNs, true));
    } else if (before != null && before.isThere()) {
      events.add("this box does not answer its own check, and is silent");
      members.put(self, new Member(before.report(), 0, before.heardNs(), false));
    }
    update();
  }

  /** The others that are there from now on. */
  synchronized void tell(List<Heartbeat> others) {
    long nowNs = clockNs.getAsLong();
    List<String> names = new ArrayList<>();
    for (Heartbeat other : others) {
      String name = Identity.name(other.life().box());
      names.add(name);
      Member before = members.get(name);
      if (before == null || !before.isThere()) {
        events.add("box %s (%s) is there".formatted(name, where(other.report())));
      }
      if (before == null || before.sequence() != other.sequence()) {
        hear(other.report()); // once, as its ages are of now
      }
      members.put(name, new Member(other.report(), other.sequence(), nowNs, true));
    }
    members.replaceAll((name, member) -> {
      if (!member.isThere() || name.equals(self) || names.contains(name)) {
        return member;
      }
      events.add("box %s (%s) is silent".formatted(name, where(member.report())));
      return new Member(member.report(), member.sequence(), member.heardNs(), false);
    });
    members
        .entrySet()
        .removeIf(entry ->
            !entry.getValue().isThere()
                && nowNs - entry.getValue().heardNs() > TimeUnit.MINUTES.toNanos(10));
    update();
  }

  static String where(Report report) {
    return report.addresses().isEmpty()
        ? "without an address"
        : report.addresses().getFirst().getHostAddress();
  }

  private void hear(Report report) {
    for (Report.Assigned one : report.assigned()) {
      balance.hear(
          new Told(
              new Disk(one.machine(), one.disk()), Identity.name(one.box()), one.ageSeconds()));
    }
  }

  private void update() {
    List<Backend> there = new ArrayList<>();
    members.forEach((name, member) -> {
      if (member.isThere()) {
        there.add(backend(name, member.report()));
      }
    });
    balance.update(there);
  }

  private static Backend backend(String name, Report report) {
    return new Backend(
        name,
        report.loadLevel(),
        report.priority(),
        report.isDraining(),
        report.ranges().stream()
            .map(range -> new MachineRange(range.first(), range.last()))
            .toList());
  }

  /** Where disks are, for the others. */
  List<Report.Assigned> toTell() {
    return balance.toTell(MAX_TOLD).stream()
        .map(told ->
            new Report.Assigned(
                told.disk().machine(),
                told.disk().number(),
                Identity.number(told.box()),
                told.ageSeconds()))
        .toList();
  }

  void wereTold(List<Report.Assigned> told) {
    balance.wereTold(told.stream().map(one -> new Disk(one.machine(), one.disk())).toList());
  }

  int machines(String box) {
    return balance.machines(box);
  }

  Map<Disk, String> disks() {
    return balance.disks();
  }

  synchronized Map<String, Member> members() {
    return Collections.unmodifiableMap(new TreeMap<>(members));
  }

  /** Where the others that are there answer. */
  synchronized List<InetAddress> otherAddresses() {
    List<InetAddress> addresses = new ArrayList<>();
    members.forEach((name, member) -> {
      if (member.isThere() && !name.equals(self)) {
        addresses.addAll(member.report().addresses());
      }
    });
    return addresses;
  }

  // ---- What the DNS asks -----------------------------------------------------------------------

  /** Where nobody is to be counted on, this box is better than none. */
  @Override
  public List<InetAddress> of(Disk disk) {
    List<InetAddress> addresses = new ArrayList<>();
    boolean isMachine = machines.stream().anyMatch(range -> range.contains(disk.machine()));
    for (String box : isMachine ? balance.send(disk) : balance.order(disk)) {
      addresses.addAll(of(box));
    }
    return addresses.isEmpty() ? ownAddresses : addresses;
  }

  @Override
  public synchronized List<InetAddress> of(String box) {
    Member member = members.get(box);
    if (box.equals(self)) {
      return ownAddresses;
    }
    return member == null || !member.isThere() ? List.of() : member.report().addresses();
  }

  @Override
  public synchronized List<String> names() {
    List<String> names = new ArrayList<>(List.of(self));
    members.forEach((name, member) -> {
      if (member.isThere() && !name.equals(self)) {
        names.add(name);
      }
    });
    return names;
  }
}
