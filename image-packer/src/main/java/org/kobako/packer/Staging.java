package org.kobako.packer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;

/**
 * Where a pack works before anything of it can be seen: {@code STORE/.staging/NAME/}, owned by
 * whoever holds the lock of the image NAME.
 *
 * <pre>
 * blocks/ab/abcdef...   stored blocks that the store does not have yet
 * index, current        as they are going to be called
 * source                the file system that a directory was made into
 * </pre>
 *
 * <p>A block gets its final name only after its bytes are durable. So whatever lies below {@code
 * STORE/blocks} is whole, even after a power cut, and a block that is there with the right length
 * needs no second look. Any number of threads may {@link #put}.
 */
final class Staging implements AutoCloseable {
  private static final String DIRECTORY = ".staging";
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final StoreDirectory store;
  private final Path directory;
  private final String stagedBlocks;
  private final String storedBlocks;

  private Staging(StoreDirectory store, Path directory) {
    this.store = store;
    this.directory = directory;
    this.stagedBlocks = directory + "/blocks/";
    this.storedBlocks = store.blocks() + "/";
  }

  /** Until it is closed, what is put is on its way to the disk already. */
  EarlyFlush flushEarly() {
    return EarlyFlush.of(directory);
  }

  /** Makes an empty staging directory; the caller holds the image's lock. */
  static Staging begin(StoreDirectory store, ImageName image) throws IOException {
    Path directory = store.root().resolve(DIRECTORY).resolve(image.value());
    deleteTree(directory);
    Files.createDirectories(directory.resolve("blocks"));
    return new Staging(store, directory);
  }

  /** Removes what packs left that were killed; the caller may hold locks of its own. */
  static void removeStale(StoreDirectory store) throws IOException {
    Path all = store.root().resolve(DIRECTORY);
    if (!Files.isDirectory(all)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(all)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!ImageName.isValid(name)) {
          continue;
        }
        Optional<StoreLock> lock = StoreLock.tryImage(store.root(), new ImageName(name));
        if (lock.isPresent()) {
          try (StoreLock held = lock.get()) {
            deleteTree(entry);
          }
        }
      }
    }
  }

  /** Removes all staging; the caller holds the store's lock. Answers how many packs left some. */
  static int removeAll(StoreDirectory store) throws IOException {
    int left = count(store);
    deleteTree(store.root().resolve(DIRECTORY));
    return left;
  }

  static int count(StoreDirectory store) throws IOException {
    int left = 0;
    Path all = store.root().resolve(DIRECTORY);
    if (Files.isDirectory(all)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(all)) {
        for (Path unused : entries) {
          left++;
        }
      }
    }
    return left;
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /**
   * Keeps a stored block, unless the store or this pack has it: the exclusive creation of its file
   * is all that tells, so that the length of the image costs no memory.
   *
   * @param stored from position to limit, used up by the call
   * @return whether it is new
   */
  boolean put(BlockDigest digest, ByteBuffer stored) throws IOException {
    String hex = digest.toHex();
    String relative = hex.substring(0, 2) + "/" + hex;
    // File.length answers 0 for what is not there, without the exception that Files.size throws.
    if (Path.of(storedBlocks + relative).toFile().length() == stored.remaining()) {
      return false;
    }
    Path staged = Path.of(stagedBlocks + relative);
    try (FileChannel file = create(staged)) {
      while (stored.hasRemaining()) {
        file.write(stored);
      }
      return true;
    } catch (FileAlreadyExistsException equalBlock) {
      return false;
    }
  }

  /** Keeps a file of this directory as a block, whose bytes the caller verified. */
  void keep(Path part, BlockDigest digest) throws IOException {
    String hex = digest.toHex();
    Path staged = Path.of(stagedBlocks + hex.substring(0, 2) + "/" + hex);
    try {
      Files.move(part, staged, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException firstOfItsDirectory) {
      Files.createDirectories(staged.getParent());
      Files.move(part, staged, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static FileChannel create(Path file) throws IOException {
    try {
      return FileChannel.open(file, NEW_FILE);
    } catch (NoSuchFileException firstOfItsDirectory) {
      Files.createDirectories(file.getParent());
      return FileChannel.open(file, NEW_FILE);
    }
  }

  /**
   * Gives the staged blocks their final names; afterwards they, their names and the directories of
   * the images are durable.
   */
  void publishBlocks(List<ImageName> images, Progress progress) throws IOException {
    progress.step("making blocks durable", 0, 0);
    Durability.forceTree(directory);
    progress.step("publishing blocks", 0, 0);
    try (DirectoryStream<Path> prefixes = Files.newDirectoryStream(directory.resolve("blocks"))) {
      for (Path prefix : prefixes) {
        Path target = store.blocks().resolve(prefix.getFileName());
        if (!publishWhole(prefix, target)) {
          publishEach(prefix, target);
        }
      }
    }
    for (ImageName image : images) {
      Files.createDirectories(store.imageDirectory(image));
    }
    // Also where nothing was staged: a pack of another image may have just named what we count on.
    Durability.forceNames(store.root());
  }

  /**
   * Moves a directory of blocks at once where the store has none of its name, which is all of them
   * in a new store: one rename, where each block would need its own.
   */
  private static boolean publishWhole(Path prefix, Path target) throws IOException {
    if (Files.exists(target)) {
      return false;
    }
    try {
      Files.move(prefix, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException anotherPackWasFaster) {
      return false;
    }
  }

  private static void publishEach(Path prefix, Path target) throws IOException {
    Files.createDirectories(target);
    try (DirectoryStream<Path> staged = Files.newDirectoryStream(prefix)) {
      for (Path block : staged) {
        Files.move(block, target.resolve(block.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** The moment of an image: its index is there for good before {@code current} names it. */
  void publishVersion(Path stagedIndex, ImageName image, long version) throws IOException {
    publishIndex(stagedIndex, image, version);
    publishCurrent(image, version);
  }

  /** Gives a staged index its name. */
  void publishIndex(Path stagedIndex, ImageName image, long version) throws IOException {
    publish(stagedIndex, image, new StorePath.Index(image, version));
  }

  /** Makes a version that has its index the one that machines boot. */
  void publishCurrent(ImageName image, long version) throws IOException {
    Path current = file("current");
    Files.write(current, (version + "\n").getBytes(StandardCharsets.US_ASCII));
    Durability.force(current);
    publish(current, image, new StorePath.Current(image));
  }

  /** Gives a staged file its name in an image, for good. What it holds must be durable. */
  private void publish(Path staged, ImageName image, StorePath target) throws IOException {
    Files.move(staged, target.in(store.root()), StandardCopyOption.ATOMIC_MOVE);
    Durability.force(store.imageDirectory(image));
  }

  /** Removes what was not published; what cannot be removed now, the next pack removes. */
  @Override
  public void close() {
    try {
      deleteTree(directory);
    } catch (IOException leftForTheNextPack) {
      // What made the pack fail, if it did, is the better thing to tell.
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
