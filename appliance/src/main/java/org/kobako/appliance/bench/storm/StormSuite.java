package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.dns.balance.Backend;
import org.kobako.dns.balance.Balance;
import org.kobako.dns.balance.Disk;
import org.kobako.dns.balance.Policy;

/** The suite {@code storm}: so many machines switched on at once before so many boxes. */
public final class StormSuite {
  /** What is played where nothing else is asked for. */
  public static final List<Integer> MACHINES = List.of(1, 4, 16);

  public static final List<Integer> BOXES = List.of(1, 4);

  /** A PC thinks ten to twenty times as fast as one that is emulated on one of its cores. */
  public static final int MACHINE_SPEED = 10;

  private static final String TRACE = "pc-bios";

  /** Of the boxes that the papers measured. */
  static final String LINK = "100mbit";

  static final double LINK_BITS_PER_SECOND = 100e6;

  /** A storm that takes longer has lost a machine. */
  private static final int PATIENCE_SECONDS = 1800;

  private final Path scratch;
  private final BootTrace trace;
  private final double machineSpeed;
  private final Consumer<String> progress;

  private StormSuite(
      Path scratch, BootTrace trace, double machineSpeed, Consumer<String> progress) {
    this.scratch = scratch;
    this.trace = trace;
    this.machineSpeed = machineSpeed;
    this.progress = progress;
  }

  /**
   * Plays every number of machines against every number of boxes, the largest against as many
   * nginx, too, where that is installed, and asks the model.
   *
   * @param scratch an empty directory
   * @param machineSpeed how many times faster machines think than the one of the trace
   * @param progress takes what is going on
   */
  public static Storms run(
      Path scratch,
      List<Integer> machines,
      List<Integer> boxes,
      int machineSpeed,
      Consumer<String> progress)
      throws IOException, InterruptedException, CommandFailedException {
    BootTrace trace = BootTrace.resource(TRACE);
    StormSuite suite = new StormSuite(scratch, trace, machineSpeed, progress);
    progress.accept("packing");
    StormStore store = StormStore.make(trace, scratch);
    List<StormPoint> points = suite.play(store, machines, boxes);
    Beside beside = suite.playBesideTheClient(store);
    progress.accept("asking the model");
    return Storms.of(trace, points, beside, machineSpeed);
  }

  /**
   * How long a machine with the real block client took for the blocks of the trace, and how long
   * the stand-ins beside it.
   */
  record Beside(double clientSeconds, double medianStandInSeconds) {}

  private static final int STAND_INS_BESIDE = 7;

  private Beside playBesideTheClient(StormStore store)
      throws IOException, InterruptedException, CommandFailedException {
    progress.accept("the block client beside %d stand-ins".formatted(STAND_INS_BESIDE));
    BootTrace blocks = trace.blocksAlone();
    Path work = Files.createTempDirectory(scratch, "client");
    Part part = part("blocks", blocks, store.blockTargets());
    try (Room room = new Room(StormBox.Kind.KOBAKO, 1, store);
        RealMachine client = new RealMachine(room.place, work, room.boxes.getFirst().url())) {
      Path out = Files.createTempFile(scratch, "boots", "");
      try (ChildKobako standIns = room.start(part, STAND_INS_BESIDE, out)) {
        double clientSeconds = client.boot(blocks, machineSpeed);
        List<Double> sorted =
            room.await(standIns, STAND_INS_BESIDE, out).stream()
                .map(machine -> machine.bootUs() / 1e6)
                .sorted()
                .toList();
        return new Beside(clientSeconds, sorted.get(sorted.size() / 2));
      }
    }
  }

  /** What stand-ins play, as files that they read. */
  private record Part(Path trace, Path targets) {}

  private Part part(String name, BootTrace played, List<StormStore.Target> targets)
      throws IOException {
    return new Part(
        Files.writeString(scratch.resolve(name + ".trace"), played.text()),
        Files.write(
            scratch.resolve(name + ".targets"),
            targets.stream().map(StormStore.Target::line).toList()));
  }

  private List<StormPoint> play(StormStore store, List<Integer> machines, List<Integer> boxes)
      throws IOException, InterruptedException, CommandFailedException {
    Part whole = part("whole", trace, store.targets());
    List<StormBox.Kind> kinds = new ArrayList<>();
    for (StormBox.Kind kind : StormBox.Kind.values()) {
      if (StormBox.isInstalled(kind)) {
        kinds.add(kind);
      }
    }
    List<Integer> most = List.of(Collections.max(machines));
    List<StormPoint> points = new ArrayList<>();
    for (int ofBoxes : boxes) {
      for (StormBox.Kind kind : kinds) {
        try (Room room = new Room(kind, ofBoxes, store)) {
          for (int ofMachines : kind == StormBox.Kind.KOBAKO ? machines : most) {
            progress.accept("%d machines, %d %s".formatted(ofMachines, ofBoxes, kind.word()));
            points.add(room.storm(whole, ofMachines));
          }
        }
      }
    }
    return points;
  }

  /** Boxes on a network of their own, and one place where all machines are plugged in. */
  private final class Room implements AutoCloseable {
    private final StormBox.Kind kind;
    private final Network network = Network.open();
    private final List<StormBox> boxes = new ArrayList<>();
    private final Balance balance;
    private final Network.Host place;
    private int addresses;

    Room(StormBox.Kind kind, int ofBoxes, StormStore store)
        throws IOException, InterruptedException {
      this.kind = kind;
      this.balance = new Balance(Policy.AT_BOOT, System::nanoTime, (disk, why) -> {});
      try {
        for (int number = 1; number <= ofBoxes; number++) {
          Network.Host host = network.join("box" + number, "10.75.1." + number);
          host.limit(LINK);
          Path work = Files.createTempDirectory(scratch, kind.word());
          boxes.add(StormBox.start(kind, host, work, store.directory()));
        }
        balance.update(
            boxes.stream()
                .map(box -> new Backend(box.address(), 0, Backend.USUAL_PRIORITY, false, List.of()))
                .toList());
        place = network.join("machine", "10.75.2.0");
      } catch (IOException e) {
        close();
        throw e;
      }
    }

    StormPoint storm(Part part, int machines)
        throws IOException, InterruptedException, CommandFailedException {
      Path out = Files.createTempFile(scratch, "boots", "");
      BusyCores busy = BusyCores.now();
      double cpuBefore = cpuSeconds();
      try (ChildKobako standIns = start(part, machines, out)) {
        List<StormPoint.Machine> all = await(standIns, machines, out);
        return new StormPoint(
            kind.word(), boxes.size(), all, cpuSeconds() - cpuBefore, busy.shareSince());
      }
    }

    /** Switches machines on. */
    ChildKobako start(Part part, int machines, Path out) throws IOException, InterruptedException {
      while (addresses < machines) {
        addresses++;
        place.addAddress(address(addresses));
      }
      List<String> lines = new ArrayList<>();
      for (int number = 1; number <= machines; number++) {
        lines.add(address(number) + " " + String.join(" ", order(number)));
      }
      return ChildKobako.start(
          place.prefix(),
          StandIns.class,
          scratch.resolve("machines.log"),
          part.trace().toString(),
          part.targets().toString(),
          Double.toString(machineSpeed),
          Files.write(Files.createTempFile(scratch, "machines", ""), lines).toString(),
          out.toString());
    }

    /** Waits until all have booted. */
    List<StormPoint.Machine> await(ChildKobako standIns, int machines, Path out)
        throws IOException, InterruptedException, CommandFailedException {
      if (!standIns.awaitEnd(PATIENCE_SECONDS)) {
        throw new CommandFailedException(
            "%d machines have not booted in %d s".formatted(machines, PATIENCE_SECONDS));
      }
      List<StormPoint.Machine> all =
          Files.readAllLines(out).stream().map(StormPoint.Machine::parse).toList();
      for (StormPoint.Machine machine : all) {
        if (!machine.failure().isEmpty()) {
          throw new CommandFailedException(
              "machine %s does not boot: %s".formatted(machine.address(), machine.failure()));
        }
      }
      if (all.size() != machines) {
        throw new CommandFailedException(
            "the machines' process ended: " + Files.readString(scratch.resolve("machines.log")));
      }
      return all;
    }

    /** The boxes of a machine as the room's DNS names them, when all of them have as much to do. */
    private List<String> order(int machine) {
      return balance.send(new Disk(InetAddress.ofLiteral(address(machine)), 1));
    }

    private double cpuSeconds() throws IOException {
      double seconds = 0;
      for (StormBox box : boxes) {
        seconds += box.cpuSeconds();
      }
      return seconds;
    }

    @Override
    public void close() throws IOException, InterruptedException {
      for (StormBox box : boxes) {
        box.close();
      }
      network.close();
    }
  }

  private static String address(int number) {
    return "10.75." + (3 + number / 250) + "." + (1 + number % 250);
  }
}
