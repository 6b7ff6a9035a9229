package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.demo.ScratchDirectory;
import org.kobako.appliance.remote.ImageUpload;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Sentences;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.IndexTrust;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackReport;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;
import org.kobako.packer.StoreDirectory;

/**
 * Packs into a store beside, which lasts as long as that, and sends to a box what it has not.
 *
 * @param scratch the folder for that store: it takes the packed image
 */
record RemotePack(UpstreamUrl box, String secret, Path scratch) {

  /** Where people's programs keep what can be made again. */
  static Path usualScratch() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return folder.resolve("kobako");
  }

  /**
   * Packs and sends.
   *
   * @param of makes the request for a store and the least version
   * @return what it did; new are the blocks that were sent
   */
  PackReport pack(Requests of, Progress progress) throws IOException, CommandFailedException {
    PackRequest first = of.into(scratch, 1);
    ImageUpload upload = new ImageUpload(box, secret, first.name());
    ImageUpload.Standing standing;
    try {
      standing = upload.standing();
    } catch (IOException e) {
      throw new CommandFailedException(
          "nothing was packed for %s: %s".formatted(box, Sentences.of(e)), e);
    }
    Files.createDirectories(scratch);
    Path store = scratch.resolve("pack-" + first.name());
    try (FileChannel mark =
            FileChannel.open(
                scratch.resolve("pack-" + first.name() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        @Nullable FileLock lock = mark.tryLock()) {
      if (lock == null) {
        throw new CommandFailedException(
            "another pack of %s is under way in %s: wait until it has ended, or name another"
                    .formatted(first.name(), scratch)
                + " folder with --scratch");
      }
      ScratchDirectory.delete(store); // of one that was killed
      try {
        PackReport packed = ImagePacker.pack(of.into(store, standing.newest() + 1), progress);
        return send(upload, store, packed, standing, progress);
      } finally {
        ScratchDirectory.delete(store);
      }
    }
  }

  /** How to pack, whatever the store. */
  interface Requests {
    PackRequest into(Path store, long firstVersion);
  }

  private PackReport send(
      ImageUpload upload,
      Path store,
      PackReport packed,
      ImageUpload.Standing standing,
      Progress progress)
      throws IOException, CommandFailedException {
    BlockIndex index =
        StoreDirectory.open(store)
            .readIndex(packed.name(), packed.version(), new IndexTrust.Anyone());
    try {
      ImageUpload.Report sent = upload.send(store, index, standing.connections(), progress);
      long dataBlocks = packed.storedBlocks() + packed.sharedBlocks();
      return new PackReport(
          packed.name(),
          sent.unchanged() ? standing.current() : packed.version(),
          sent.unchanged(),
          packed.plainBytes(),
          packed.blocks(),
          packed.zeroBlocks(),
          sent.sentBlocks(),
          dataBlocks - sent.sentBlocks(),
          packed.storedBytes(),
          sent.sentBytes(),
          packed.duration());
    } catch (IOException e) {
      throw new CommandFailedException(
          "%s version %d is not on %s: %s; pack it again, which sends what is missing"
              .formatted(packed.name(), packed.version(), box, Sentences.of(e)),
          e);
    }
  }
}
