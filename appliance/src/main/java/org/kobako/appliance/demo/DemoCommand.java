package org.kobako.appliance.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.SigningKey;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackReport;
import org.kobako.packer.PackRequest;

/** {@code kobako demo}: everything that works, in one go, with a table at its end. */
public final class DemoCommand implements Command {
  private static final String BOX_ADDRESS = "127.0.0.1";

  private record Row(Codec codec, PackReport pack, WholeRead read, String compared) {
    /** What the codec makes of blocks that are not all zeros. */
    double ratio() {
      long zeros = pack.zeroBlocks() * BlockSize.DEFAULT_BYTES;
      return (pack.plainBytes() - zeros) / (double) Math.max(1, pack.storedBytes());
    }
  }

  @Override
  public Syntax syntax() {
    return Syntax.of("demo", "pack, serve, attach, mount and compare a real disk on this machine")
        .example("demo", "takes a minute or two, and leaves nothing behind");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    try (ScratchDirectory scratch = ScratchDirectory.create("kobako-demo-")) {
      run(scratch.path(), terminal);
    }
  }

  private static void run(Path work, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    PrintStream out = terminal.out();
    boolean mounts =
        Files.isReadable(Path.of("/dev/fuse")) && Files.isWritable(Path.of("/dev/fuse"));
    boolean loops = mounts && "root".equals(System.getProperty("user.name"));

    out.println("1. A disk: an ext4 root filesystem of this Debian's own packages");
    DemoRoot root = DemoRoot.make(work);
    out.println("   " + Units.roundSize(Files.size(root.disk())));

    out.println("2. Pack it once with each codec, signed, into one store");
    Path store = work.resolve("store");
    SigningKey key = SigningKey.create(work.resolve("key"));
    List<PackReport> packs = new ArrayList<>();
    for (Codec codec : Codec.values()) {
      try (ProgressLine line = terminal.progress()) {
        packs.add(
            ImagePacker.pack(
                PackRequest.of(root.disk(), store, imageOf(codec))
                    .withCodec(codec, 0)
                    .withSigningKey(key),
                line::step));
      }
    }

    out.println("3. Two boxes serve the store; attach each image from both, read and compare");
    try (ChildKobako first = box(work, store, 1);
        ChildKobako second = box(work, store, 2)) {
      List<Row> rows = new ArrayList<>();
      String from = urlOf(first) + "," + urlOf(second);
      for (Codec codec : Codec.values()) {
        boolean last = codec.ordinal() == Codec.values().length - 1;
        if (last) {
          out.println("4. Kill box 1 in the middle of the last read of the whole disk");
        }
        PackReport pack = packs.get(codec.ordinal());
        WholeRead.Midway midway = last ? first::kill : () -> {};
        rows.add(
            mounts
                ? overFuse(work, root, pack, codec, from, loops, midway)
                : overNbd(work, root, pack, codec, from, midway));
      }
      table(rows, mounts, out);
    }
  }

  private static ImageName imageOf(Codec codec) {
    return new ImageName("demo-" + codec.word());
  }

  private static ChildKobako box(Path work, Path store, int number) throws IOException {
    return ChildKobako.start(
        work.resolve("box" + number + ".log"),
        "serve",
        "--store",
        store.toString(),
        "--listen",
        BOX_ADDRESS,
        "--http-port",
        "0");
  }

  /** The second word of {@code ready: URL serves STORE}. */
  private static String urlOf(ChildKobako box) {
    return box.readyLine().split(" ", -1)[1];
  }

  private static Row overFuse(
      Path work,
      DemoRoot root,
      PackReport pack,
      Codec codec,
      String from,
      boolean loops,
      WholeRead.Midway midway)
      throws IOException, InterruptedException, CommandFailedException {
    String image = pack.name().value();
    Path mountPoint = work.resolve("attached-" + image);
    try (ChildKobako attach = attach(work, image, from, "--mount", mountPoint.toString())) {
      Path disk = mountPoint.resolve(image);
      WholeRead read = WholeRead.of(disk, root.disk(), midway);
      String compared = Units.roundSize(read.bytes());
      if (loops) {
        Path mounted = Files.createDirectory(work.resolve("mounted-" + image));
        Tool.run("mount", "-o", "loop,ro", disk.toString(), mounted.toString());
        try {
          compared += ", " + TreeComparison.compare(root.tree(), mounted) + " files";
        } finally {
          Tool.run("umount", mounted.toString());
        }
      }
      return new Row(codec, pack, read, compared);
    }
  }

  /** Where nothing can be mounted: out through NBD, by a foreign client. */
  private static Row overNbd(
      Path work, DemoRoot root, PackReport pack, Codec codec, String from, WholeRead.Midway midway)
      throws IOException, InterruptedException, CommandFailedException {
    if (!Tool.isInstalled("nbdcopy")) {
      throw new CommandFailedException(
          "neither /dev/fuse nor nbdcopy is there to read the disk with: install libnbd-bin");
    }
    String image = pack.name().value();
    Path socket = work.resolve(image + ".socket");
    Path copy = work.resolve(image + ".copy");
    try (ChildKobako attach = attach(work, image, from, "--nbd", "unix:" + socket)) {
      midway.run();
      long startNs = System.nanoTime();
      Tool.run("nbdcopy", "nbd+unix:///?socket=" + socket, copy.toString());
      long durationNs = System.nanoTime() - startNs;
      WholeRead truth = WholeRead.of(copy, root.disk(), () -> {});
      Files.delete(copy);
      WholeRead read = new WholeRead(truth.bytes(), durationNs, durationNs);
      return new Row(codec, pack, read, Units.roundSize(read.bytes()));
    }
  }

  private static ChildKobako attach(Path work, String image, String from, String how, String where)
      throws IOException {
    return ChildKobako.start(
        work.resolve(image + ".log"),
        "attach",
        image,
        "--from",
        from,
        "--trust",
        work.resolve("key").resolve(SigningKey.PUBLIC_FILE).toString(),
        "--state",
        work.resolve("seen").toString(),
        how,
        where);
  }

  private static void table(List<Row> rows, boolean mounts, PrintStream out) {
    out.println();
    out.println("codec  blocks  zeros  equal  stored      ratio  pack MB/s  read MB/s  compared");
    for (Row row : rows) {
      PackReport pack = row.pack();
      out.println(
          "%-5s  %6d  %5d  %5d  %-10s  %5.2f  %9.0f  %9.0f  %s"
              .formatted(
                  row.codec().word(),
                  pack.blocks(),
                  pack.zeroBlocks(),
                  pack.sharedBlocks(),
                  Units.roundSize(pack.storedBytes()),
                  row.ratio(),
                  pack.plainBytes() / 1e6 / (pack.duration().toNanos() / 1e9),
                  row.read().megabytesPerSecond(),
                  row.compared()));
    }
    Row last = rows.getLast();
    out.println();
    out.println(
        "failover: box 1 was killed %s; no error, every byte right; longest stall %d ms"
            .formatted(
                mounts ? "in the middle of the last read" : "before the last copy",
                last.read().longestStallNs() / 1_000_000));
  }
}
