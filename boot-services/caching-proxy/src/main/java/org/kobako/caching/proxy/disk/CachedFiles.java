package org.kobako.caching.proxy.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.FileJail;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * Cached files that have names of their own: indexes, versions, boot files. Each has a {@link
 * FileHead}, and is compared with the digest there before its first use since the process began.
 * They share a quota; those that were used last stay.
 */
final class CachedFiles {
  private static final int PART_BYTES = 64 << 10;
  private static final int MAX_FILES = 1024;

  /** Folders below one another: a boot file's name has at most 255 characters. */
  private static final int MAX_DEPTH = 130;

  private final CacheDirectory directory;
  private final FileJail jail;
  private final long quotaBytes;

  /** By their relative names, the one used last at the end. */
  private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  private long usedBytes;

  /** A file that is here, and whether it was compared with its digest. */
  private record Known(FileHead head, boolean isVerified) {}

  CachedFiles(CacheDirectory directory, long quotaBytes) {
    this.directory = directory;
    this.jail = new FileJail(directory.root());
    this.quotaBytes = quotaBytes;
  }

  /** Takes in what another time has left. */
  void scan() throws IOException {
    Path heads = directory.headPath("");
    if (!Files.isDirectory(heads)) {
      return;
    }
    try (Stream<Path> files = Files.walk(heads, MAX_DEPTH)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String relative = heads.relativize(file).toString();
        Optional<FileHead> head = readHead(relative);
        synchronized (known) {
          if (head.isPresent() && !known.containsKey(relative)) {
            note(relative, new Known(head.get(), false));
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What is known of a file that is here and whole. */
  Optional<FileHead> head(String relative) {
    synchronized (known) {
      Known here = known.get(relative);
      if (here != null && here.isVerified()) {
        return Optional.of(here.head());
      }
    }
    Optional<FileHead> head = readHead(relative);
    if (head.isPresent() && isWhole(relative, head.get())) {
      note(relative, new Known(head.get(), true));
      return head;
    }
    return Optional.empty();
  }

  private Optional<FileHead> readHead(String relative) {
    try (JailedFile file = jail.open(CacheDirectory.headName(relative));
        InputStream bytes = Channels.newInputStream(file.channel())) {
      return file.lengthBytes() > FileHead.MAX_CHARS
          ? Optional.empty()
          : FileHead.parse(
              new String(bytes.readNBytes(FileHead.MAX_CHARS), StandardCharsets.ISO_8859_1));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private boolean isWhole(String relative, FileHead head) {
    try (JailedFile file = jail.open(relative)) {
      return file.lengthBytes() == head.lengthBytes()
          && digest(file.channel()).equals(head.digestHex());
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** SHA-256 of a file from its first byte, in hexadecimal. */
  static String digest(FileChannel file) throws IOException {
    OffHeapBuffer part = OffHeapBuffer.allocate(PART_BYTES);
    Digester digester = Digesters.newDigester();
    digester.begin();
    for (long offset = 0; ; ) {
      int length = file.read(part.view(), offset);
      if (length <= 0) {
        break;
      }
      digester.update(part, length);
      offset += length;
    }
    BlockDigest digest = new BlockDigest();
    digester.end(digest);
    return digest.toHex();
  }

  /** Opens a file that {@link #head} has found; empty if it is gone. */
  Optional<JailedFile> open(String relative) throws IOException {
    synchronized (known) {
      Known here = known.get(relative);
      if (here == null || !here.isVerified()) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(jail.open(relative));
    } catch (NoSuchFileException gone) {
      forget(relative);
      return Optional.empty();
    }
  }

  /** The most that a file may have to be kept. */
  long maxBytes() {
    return quotaBytes / 2;
  }

  /**
   * Gives a whole file that came its name.
   *
   * @throws IOException if that fails; it is deleted then
   */
  void keep(String relative, Path whole, FileHead head) throws IOException {
    directory.keep(whole, directory.path(relative));
    keepHead(relative, head);
  }

  /** Says more of a file that is here. */
  void keepHead(String relative, FileHead head) throws IOException {
    note(relative, new Known(head, true));
    Path incoming = directory.newIncoming();
    try {
      Files.writeString(
          incoming, head.toText(), StandardCharsets.ISO_8859_1, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      CacheDirectory.delete(incoming);
      throw e;
    }
    directory.keep(incoming, directory.headPath(relative));
  }

  private void note(String relative, Known file) {
    synchronized (known) {
      Known before = known.put(relative, file);
      usedBytes += file.head().lengthBytes() - (before == null ? 0 : before.head().lengthBytes());
      Iterator<Map.Entry<String, Known>> oldest = known.entrySet().iterator();
      while ((usedBytes > quotaBytes || known.size() > MAX_FILES) && known.size() > 1) {
        Map.Entry<String, Known> victim = oldest.next();
        usedBytes -= victim.getValue().head().lengthBytes();
        oldest.remove();
        remove(victim.getKey());
      }
    }
  }

  private void forget(String relative) {
    synchronized (known) {
      Known file = known.remove(relative);
      if (file != null) {
        usedBytes -= file.head().lengthBytes();
      }
    }
  }

  private void remove(String relative) {
    CacheDirectory.delete(directory.headPath(relative));
    CacheDirectory.delete(directory.path(relative));
  }

  /** A file that no upstream has any more. */
  void drop(String relative) {
    forget(relative);
    remove(relative);
  }

  long usedBytes() {
    synchronized (known) {
      return usedBytes;
    }
  }
}
