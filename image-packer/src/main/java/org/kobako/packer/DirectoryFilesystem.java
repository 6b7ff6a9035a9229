package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.kobako.block.format.ImageName;

/**
 * The file system that a source which is a directory is made into, by the system's own tool. It is
 * not compressed itself: the blocks are.
 *
 * <p>The same tree gives the same bytes: files keep the time they were last modified, all other
 * times and identifiers are fixed or made from the image's name.
 */
public enum DirectoryFilesystem {
  /** Read-only, keeps owners, extended attributes and device files. */
  SQUASHFS("mksquashfs", "squashfs-tools") {
    @Override
    List<String> command(Path directory, Path file, UUID uuid, int blockSizeBytes) {
      return List.of(
          "mksquashfs",
          directory.toString(),
          file.toString(),
          "-noappend",
          "-quiet",
          "-no-progress",
          "-noI",
          "-noD",
          "-noF",
          "-noX",
          "-b",
          Integer.toString(blockSizeBytes),
          "-mkfs-time",
          "0");
    }
  },

  /** Read-only, made for random access; Linux 5.4 and newer. */
  EROFS("mkfs.erofs", "erofs-utils") {
    @Override
    List<String> command(Path directory, Path file, UUID uuid, int blockSizeBytes) {
      // Only a long inode has room for a time of its own.
      return List.of(
          "mkfs.erofs",
          "--preserve-mtime",
          "-Eforce-inode-extended",
          "-U" + uuid,
          file.toString(),
          directory.toString());
    }

    @Override
    void settle(Path file) throws IOException {
      ErofsTimes.settle(file);
    }
  },

  /** Known to every kernel; without a journal, because nobody writes it. */
  EXT4("mke2fs", "e2fsprogs") {
    @Override
    List<String> command(Path directory, Path file, UUID uuid, int blockSizeBytes)
        throws IOException {
      TreeSize size = TreeSize.of(directory);
      return List.of(
          "mke2fs",
          "-q",
          "-t",
          "ext4",
          "-O",
          // Exactly these, whatever the defaults of this mke2fs: Ext4Times knows no others.
          "none,dir_index,dir_nlink,ext_attr,extent,extra_isize,filetype,flex_bg,huge_file,"
              + "large_file,sparse_super",
          "-I",
          "256",
          "-b",
          "4096",
          "-m",
          "0",
          "-N",
          Long.toString(size.inodes + 64),
          "-U",
          uuid.toString(),
          "-E",
          "lazy_itable_init=0,nodiscard,hash_seed=" + uuid,
          "-d",
          directory.toString(),
          file.toString(),
          size.ext4KiB() + "K");
    }

    @Override
    void settle(Path file) throws IOException {
      Ext4Times.settle(file);
    }
  };

  private static final int LAST_WORDS_CHARS = 400;

  private final String tool;
  private final String debianPackage;

  DirectoryFilesystem(String tool, String debianPackage) {
    this.tool = tool;
    this.debianPackage = debianPackage;
  }

  /** The word on the command line: the name in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The file system of a command line's word, empty where none has it. */
  public static Optional<DirectoryFilesystem> ofWord(String word) {
    for (DirectoryFilesystem filesystem : values()) {
      if (filesystem.word().equals(word)) {
        return Optional.of(filesystem);
      }
    }
    return Optional.empty();
  }

  abstract List<String> command(Path directory, Path file, UUID uuid, int blockSizeBytes)
      throws IOException;

  /** Fixes what no option of the tool does. */
  void settle(Path file) throws IOException {}

  /**
   * Makes the file system of a directory in a new file.
   *
   * @throws PackerException if the tool is not installed or fails, with its last words
   */
  void make(Path directory, Path file, ImageName image, int blockSizeBytes) throws IOException {
    UUID uuid = UUID.nameUUIDFromBytes(image.value().getBytes(StandardCharsets.US_ASCII));
    Path log = file.resolveSibling("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                command(directory.toRealPath(), file.toAbsolutePath(), uuid, blockSizeBytes))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().remove("SOURCE_DATE_EPOCH");
    builder.environment().put("E2FSPROGS_FAKE_TIME", "1");
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new PackerException(
          "%s is packed as %s by %s, which does not start: apt-get install %s"
              .formatted(directory, word(), tool, debianPackage),
          e);
    }
    try {
      process.getOutputStream().close();
      if (process.waitFor() != 0) {
        throw new PackerException(
            "%s cannot make a file system of %s: %s".formatted(tool, directory, lastWords(log)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + tool + " ran");
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(log);
    }
    settle(file);
  }

  private static String lastWords(Path log) throws IOException {
    String words = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
    return words.substring(Math.max(0, words.length() - LAST_WORDS_CHARS)).replaceAll("\\s+", " ");
  }

  /** What a tree needs of a file system, counted generously. */
  private record TreeSize(long inodes, long dataBytes) {
    private static final int PAGE_BYTES = 4096;

    static TreeSize of(Path directory) throws IOException {
      long[] inodes = {0};
      long[] pages = {0};
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              inodes[0]++;
              // At least one page, and what the names of the directory take elsewhere.
              pages[0] += 2 + attributes.size() / PAGE_BYTES;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              inodes[0]++;
              // One more for an extent tree or attributes that do not fit the inode.
              pages[0] += 1 + (attributes.size() + PAGE_BYTES - 1) / PAGE_BYTES;
              return FileVisitResult.CONTINUE;
            }
          });
      return new TreeSize(inodes[0], pages[0] * PAGE_BYTES);
    }

    /** Free space is zeros and costs nothing in a store. */
    long ext4KiB() {
      return (dataBytes + dataBytes / 20 + (inodes + 64) * 256 + (8 << 20)) >> 10;
    }
  }
}
