package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kobako.appliance.Kobako;
import org.kobako.appliance.bench.failover.FaultResult.Play;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;

/** The suite {@code failover}: each fault so many times, the two boxes by turns. */
public final class FailoverSuite {
  private static final ImageName IMAGE = new ImageName("known");

  /** Of the boxes that the papers measured. */
  private static final String LINK = "100mbit";

  /** Far less than the disk, so that nearly every block has to be fetched again. */
  private static final String CACHE = "16M";

  private static final long SOUND_NS = TimeUnit.SECONDS.toNanos(1);

  /** Longer than any read may stall. */
  private static final long FAULT_NS = TimeUnit.SECONDS.toNanos(4);

  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

  private final Path scratch;
  private final List<Fault> faults;
  private final int runs;
  private final Consumer<String> progress;

  /**
   * @param scratch an empty directory, for the stores and the mount
   * @param faults those that are played
   * @param runs how often each fault is played
   * @param progress takes what is going on
   */
  public FailoverSuite(Path scratch, List<Fault> faults, int runs, Consumer<String> progress) {
    this.scratch = scratch;
    this.faults = List.copyOf(faults);
    this.runs = runs;
    this.progress = progress;
  }

  /** Plays the faults; results come one by one, as they are there. */
  public List<FaultResult> run(Consumer<FaultResult> each)
      throws IOException, InterruptedException, CommandFailedException {
    progress.accept("packing");
    Path disk = scratch.resolve("disk");
    KnownDisk.write(disk);
    Path store = scratch.resolve("store1");
    ImagePacker.pack(PackRequest.of(disk, store, IMAGE).withCodec(Codec.LZ4, 0), Progress.NONE);
    Path copy = scratch.resolve("store2");
    Tool.run("cp", "-R", store.toString(), copy.toString());
    Files.delete(disk);
    try (Network network = Network.open();
        BenchBox first = box(network, 1, store);
        BenchBox second = box(network, 2, copy)) {
      Network.Host machine = network.join("machine", "10.75.1.100");
      List<FaultResult> results = new ArrayList<>();
      for (Fault fault : faults) {
        FaultResult result = play(fault, List.of(first, second), machine);
        results.add(result);
        each.accept(result);
      }
      return results;
    }
  }

  private BenchBox box(Network network, int number, Path store)
      throws IOException, InterruptedException {
    Network.Host host = network.join("box" + number, "10.75.1." + number);
    host.limit(LINK);
    return new BenchBox(host, Files.createDirectory(scratch.resolve("box" + number)), store);
  }

  /** A fault, so many times, against a machine that has attached the image anew. */
  private FaultResult play(Fault fault, List<BenchBox> boxes, Network.Host machine)
      throws IOException, InterruptedException, CommandFailedException {
    Path mount = scratch.resolve("attached-" + fault.word());
    Path file = mount.resolve(IMAGE.value());
    String from = String.join(",", boxes.stream().map(fault::urlOf).toList());
    try (ChildKobako attach = attach(fault, machine, mount, from);
        Reader sequential = Reader.sequential(file);
        Reader random = Reader.random(file);
        Traffic traffic = new Traffic(boxes, List.of(sequential, random))) {
      List<Reader> readers = List.of(sequential, random);
      List<Play> plays = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        progress.accept("%s: %d of %d".formatted(fault.word(), run + 1, runs));
        plays.add(playOnce(fault, boxes, run % boxes.size(), readers, traffic));
      }
      TimeUnit.NANOSECONDS.sleep(SOUND_NS); // for the picture
      return new FaultResult(
          fault,
          List.copyOf(plays),
          traffic.samples(),
          readers.stream().mapToInt(Reader::errors).sum(),
          readers.stream().mapToInt(Reader::wrong).sum());
    }
  }

  private ChildKobako attach(Fault fault, Network.Host machine, Path mount, String from)
      throws IOException {
    return ChildKobako.start(
        machine.prefix(),
        Kobako.class,
        scratch.resolve("attach-" + fault.word() + ".log"),
        "attach",
        IMAGE.value(),
        "--from",
        from,
        "--mount",
        mount.toString(),
        "--cache",
        CACHE);
  }

  private static Play playOnce(
      Fault fault, List<BenchBox> boxes, int number, List<Reader> readers, Traffic traffic)
      throws IOException, InterruptedException, CommandFailedException {
    readers.forEach(Reader::forgetLongest);
    long soundSinceNs = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(SOUND_NS);
    // A fault of a box that nobody asks would prove nothing.
    if (traffic.awaitServing(number, soundSinceNs, PATIENCE_NS).isEmpty()) {
      throw new CommandFailedException(
          "%s: box %d is sound and was asked for nothing for %d s"
              .formatted(fault.word(), number + 1, TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NS)));
    }
    long soundNs = longestNs(readers);
    readers.forEach(Reader::forgetLongest);
    BenchBox box = boxes.get(number);
    long struckNs = System.nanoTime();
    fault.strike(box);
    TimeUnit.NANOSECONDS.sleep(FAULT_NS);
    if (fault.silences() && traffic.isServing(number, struckNs)) {
      throw new CommandFailedException(
          "%s: box %d goes on serving as if it were sound".formatted(fault.word(), number + 1));
    }
    long failingNs = longestNs(readers);
    fault.restore(box);
    long restoredNs = System.nanoTime();
    OptionalLong failbackNs = traffic.awaitServing(number, restoredNs, PATIENCE_NS);
    return new Play(
        number,
        struckNs,
        restoredNs,
        soundNs,
        failingNs,
        longestNs(readers),
        failbackNs.orElse(PATIENCE_NS));
  }

  private static long longestNs(List<Reader> readers) {
    return readers.stream().mapToLong(Reader::longestNs).max().orElseThrow();
  }
}
