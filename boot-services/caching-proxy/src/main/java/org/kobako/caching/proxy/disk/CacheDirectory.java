package org.kobako.caching.proxy.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.kobako.block.format.StorePath;

/**
 * The directory of a cache, laid out as a store, with boot files beside it:
 *
 * <pre>
 * CACHE/CACHEDIR.TAG          says to backup programs what this is (bford.info/cachedir)
 * CACHE/lock                  held by the process that uses it
 * CACHE/incoming/NUMBER       not whole yet; removed at the start
 * CACHE/blocks/ab/abcdef...   a stored block
 * CACHE/images/..., boot/...  other files
 * CACHE/heads/images/...      what is known of them ({@link FileHead})
 * </pre>
 *
 * <p>A file gets its name by one rename when it is whole. It is not synced: what a power failure
 * tears is found when its digest is compared, before anybody gets it. What else lies here is left
 * alone.
 */
final class CacheDirectory implements AutoCloseable {
  private static final String TAG = "CACHEDIR.TAG";
  private static final String SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";
  private static final String INCOMING = "incoming";
  private static final String HEADS = "heads";
  private static final int PREFIXES = 256;

  private final Path root;
  private final FileChannel lockFile;
  private final AtomicLong incoming = new AtomicLong();

  private CacheDirectory(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Opens a cache, or makes one in a directory that is empty or not there yet.
   *
   * @throws IOException if the directory holds something else, is in use or cannot be written, with
   *     what to do
   */
  static CacheDirectory open(Path root) throws IOException {
    try {
      Files.createDirectories(root);
      Path tag = root.resolve(TAG);
      if (!Files.exists(tag)) {
        requireEmpty(root);
        Files.writeString(
            tag, SIGNATURE + "\n# A cache of Kobako's: whatever is here may be deleted.\n");
      } else if (!Files.readString(tag, StandardCharsets.ISO_8859_1).startsWith(SIGNATURE)) {
        throw new FileAlreadyExistsException(tag.toString(), null, "it says something else");
      }
      Files.createDirectories(root.resolve(INCOMING));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          root + " is no cache and not empty: name a directory that is, or does not exist yet", e);
    } catch (IOException e) {
      throw new IOException("the cache " + root + " cannot be used: " + reason(e), e);
    }
    FileChannel lockFile = lock(root);
    CacheDirectory cache = new CacheDirectory(root, lockFile);
    try {
      cache.removeIncoming();
      return cache;
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static void requireEmpty(Path root) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.equals("lost+found")) {
          throw new FileAlreadyExistsException(entry.toString());
        }
      }
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel file =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return file;
      }
    } catch (OverlappingFileLockException sameProcess) {
      // Told below.
    }
    file.close();
    throw new IOException("the cache " + root + " is used by another box: name one for each");
  }

  private void removeIncoming() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(INCOMING))) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  Path root() {
    return root;
  }

  Path path(String relative) {
    return root.resolve(relative);
  }

  /** Of what is known of a file: where it lies below the root. */
  static String headName(String relative) {
    return HEADS + '/' + relative;
  }

  Path headPath(String relative) {
    return path(headName(relative));
  }

  /** A file of no name that others look for; to be {@link #keep kept} or deleted. */
  Path newIncoming() {
    return root.resolve(INCOMING).resolve(Long.toString(incoming.incrementAndGet()));
  }

  /**
   * Gives a whole file its name, at once.
   *
   * @throws IOException if that fails; the file is deleted then
   */
  void keep(Path whole, Path name) throws IOException {
    try {
      try {
        Files.move(whole, name, StandardCopyOption.ATOMIC_MOVE);
      } catch (NoSuchFileException noDirectory) {
        Files.createDirectories(name.getParent());
        Files.move(whole, name, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (AtomicMoveNotSupportedException e) {
      delete(whole);
      throw new IOException("a directory of the cache lies on another disk: " + name, e);
    } catch (IOException e) {
      delete(whole);
      throw isTaken(name) ? new PlaceTakenException(name, e) : e;
    }
  }

  /** Whether something else stands where a file, or one of its directories, has its place. */
  private boolean isTaken(Path name) {
    if (Files.isDirectory(name, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    for (Path above = name.getParent();
        above != null && above.startsWith(root);
        above = above.getParent()) {
      if (Files.exists(above, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(above)) {
        return true;
      }
    }
    return false;
  }

  /** A file cannot have its name, where others can. */
  static final class PlaceTakenException extends IOException {
    private static final long serialVersionUID = 1;

    PlaceTakenException(Path name, IOException cause) {
      super("something else lies at " + name, cause);
    }
  }

  /** Of a regular file; empty for all else that may lie here, and where it is gone. */
  static OptionalLong length(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? OptionalLong.of(attributes.size()) : OptionalLong.empty();
    } catch (NoSuchFileException gone) {
      return OptionalLong.empty();
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // It is found at the next start, and no name leads to it, or its digest decides.
    }
  }

  /** Bytes that the disk has left for others than root; java.nio would want to know its mount. */
  long usableBytes() {
    return root.toFile().getUsableSpace();
  }

  /** Bytes of the whole disk. */
  long totalBytes() {
    return root.toFile().getTotalSpace();
  }

  /** Takes a block's file. */
  interface Visitor {
    void visit(StorePath.Block block, Path file) throws IOException;
  }

  /** All blocks; what is not named like one is left out. */
  void forEachBlock(Visitor visitor) throws IOException {
    for (int prefix = 0; prefix < PREFIXES; prefix++) {
      forEachBlock(prefix, visitor);
    }
  }

  /** Those that begin with this byte. */
  void forEachBlock(int firstByte, Visitor visitor) throws IOException {
    String folder = StorePath.BLOCKS + "%02x".formatted(firstByte) + "/";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path file : files) {
        if (StorePath.parse(folder + file.getFileName()).orElse(null)
            instanceof StorePath.Block block) {
          visitor.visit(block, file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      // No block begins with this byte.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** The reason of a failed file operation, with the path where there is no other. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException atFile) {
      return atFile.getReason() == null
          ? atFile.getClass().getSimpleName() + " " + atFile.getFile()
          : atFile.getReason();
    }
    return String.valueOf(e.getMessage());
  }

  /** What makes two failures the same, whatever the files. */
  static String kind(IOException e) {
    String reason = e instanceof FileSystemException atFile ? atFile.getReason() : e.getMessage();
    return e.getClass().getName() + reason;
  }

  /** Another process may use it then. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
