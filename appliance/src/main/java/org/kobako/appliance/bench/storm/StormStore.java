package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.StorePath;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;

/**
 * A store from which a boot trace can be played: an image whose blocks, in the order in which the
 * machine read them, are stored in as many bytes as its own were, give or take what a codec adds;
 * and files as long as its boot files.
 */
final class StormStore {
  static final ImageName IMAGE = new ImageName("storm");

  private static final String FILES = "boot/";
  private static final int FILE_STEP_BYTES = 1 << 20;

  /**
   * What to ask for in place of a request of the trace.
   *
   * @param path below the store's URL
   * @param digestHex of a block, empty of a file
   */
  record Target(String path, int bytes, String digestHex) {
    /** A line of the text that {@link #parse} reads. */
    String line() {
      return path + " " + bytes + " " + (digestHex.isEmpty() ? "-" : digestHex);
    }

    static Target parse(String line) {
      String[] words = line.split(" ", 3);
      return new Target(words[0], Integer.parseInt(words[1]), words[2].equals("-") ? "" : words[2]);
    }
  }

  private final Path directory;
  private final List<Target> targets;

  private StormStore(Path directory, List<Target> targets) {
    this.directory = directory;
    this.targets = targets;
  }

  /**
   * Makes one.
   *
   * @param scratch for the disk, which is gone afterwards, and the store
   */
  static StormStore make(BootTrace trace, Path scratch) throws IOException {
    Path disk = scratch.resolve("disk");
    TreeMap<Integer, Integer> storedBytes = new TreeMap<>();
    for (BootTrace.Request request : trace.requests()) {
      if (request.asked() instanceof BootTrace.Block(int number)) {
        storedBytes.merge(number, request.bytes(), Math::max);
      }
    }
    int blocks = storedBytes.isEmpty() ? 1 : storedBytes.lastKey() + 1;
    List<Integer> lengths = new ArrayList<>(Collections.nCopies(blocks, 1));
    storedBytes.forEach(lengths::set);
    writeDisk(disk, lengths);
    Path store = scratch.resolve("store");
    ImagePacker.pack(PackRequest.of(disk, store, IMAGE).withCodec(Codec.LZ4, 0), Progress.NONE);
    Files.delete(disk);
    Path index = new StorePath.Index(IMAGE, 1).in(store);
    BlockIndex blockIndex;
    try {
      blockIndex =
          BlockIndex.read(ByteBuffer.wrap(Files.readAllBytes(index)), new IndexTrust.Anyone());
    } catch (org.kobako.block.format.BlockException e) {
      throw new IOException("the image that was just packed cannot be read: " + e.getMessage(), e);
    }
    List<Target> targets = new ArrayList<>();
    for (BootTrace.Request request : trace.requests()) {
      targets.add(
          switch (request.asked()) {
            case BootTrace.Block block -> target(blockIndex, block.number());
            case BootTrace.BootFile file -> target(store, targets.size(), request.bytes());
          });
    }
    return new StormStore(store, List.copyOf(targets));
  }

  /**
   * As many bytes of each block as are to be stored do not compress at all, the others to nothing.
   */
  private static void writeDisk(Path disk, List<Integer> lengths) throws IOException {
    Random random = new Random(1);
    try (FileChannel file =
        FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int length : lengths) {
        byte[] block = new byte[BlockSize.DEFAULT_BYTES];
        byte[] noise = new byte[Math.min(length, block.length)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, block, 0, noise.length);
        ByteBuffer bytes = ByteBuffer.wrap(block);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      }
    }
  }

  private static Target target(BlockIndex index, int block) {
    BlockDigest digest = new BlockDigest();
    index.digest(block, digest);
    return new Target(
        new StorePath.Block(digest.toHex()).relative(), index.storedLength(block), digest.toHex());
  }

  private static Target target(Path store, int ordinal, int bytes) throws IOException {
    String path = FILES + "file" + ordinal;
    Files.createDirectories(store.resolve(FILES));
    byte[] noise = new byte[FILE_STEP_BYTES];
    new Random(ordinal).nextBytes(noise);
    try (FileChannel file =
        FileChannel.open(
            store.resolve(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int left = bytes; left > 0; ) {
        left -= file.write(ByteBuffer.wrap(noise, 0, Math.min(left, noise.length)));
      }
    }
    return new Target(path, bytes, "");
  }

  Path directory() {
    return directory;
  }

  /** For each request of the trace what to ask for in its place. */
  List<Target> targets() {
    return targets;
  }

  /** The same for the requests of blocks alone. */
  List<Target> blockTargets() {
    return targets.stream().filter(target -> !target.digestHex().isEmpty()).toList();
  }
}
