package org.kobako.packer;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.foreign.Errno;
import org.kobako.block.format.foreign.ForeignLibrary;

/** Puts written files and names beyond the reach of a power cut. */
final class Durability {
  private Durability() {}

  /**
   * Makes every file and name below a directory durable: by one {@code syncfs(2)}, which takes the
   * rest of the file system with it, or file by file where this VM makes no foreign calls.
   */
  static void forceTree(Path directory) throws IOException {
    if (Syncfs.HANDLES.isPresent()) {
      Syncfs.HANDLES.get().sync(directory);
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            force(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            force(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Whether {@link #forceTree} is one call, whatever the number of files. */
  static boolean isOneCall() {
    return Syncfs.HANDLES.isPresent();
  }

  /**
   * The same for the names of a store, {@code blocks/ab/*} and {@code images/NAME/*}, where the
   * files below are durable already.
   */
  static void forceNames(Path store) throws IOException {
    if (Syncfs.HANDLES.isPresent()) {
      Syncfs.HANDLES.get().sync(store);
      return;
    }
    try (Stream<Path> directories = Files.find(store, 2, (path, what) -> what.isDirectory())) {
      for (Path directory : (Iterable<Path>) directories::iterator) {
        force(directory);
      }
    }
  }

  /** Makes one file's content, or the names in one directory, durable. */
  static void force(Path fileOrDirectory) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** {@code syncfs} wants a descriptor; {@code opendir}, unlike {@code open}, is not variadic. */
  private record Syncfs(
      MethodHandle opendir, MethodHandle dirfd, MethodHandle syncfs, MethodHandle closedir) {
    static final Optional<Syncfs> HANDLES =
        ForeignLibrary.libc()
            .filter(libc -> libc.has("syncfs"))
            .map(libc ->
                new Syncfs(
                    libc.function("opendir", POINTER, POINTER),
                    libc.function("dirfd", INT, POINTER),
                    libc.functionWithErrno("syncfs", INT, INT),
                    libc.function("closedir", INT, POINTER)));

    void sync(Path directory) throws IOException {
      Errno errno = new Errno();
      int result;
      try (Arena arena = Arena.ofConfined()) {
        long stream =
            (long) opendir.invokeExact(arena.allocateFrom(directory.toString()).address());
        if (stream == 0) {
          throw new IOException(directory + " cannot be opened to make it durable");
        }
        try {
          result = (int) syncfs.invokeExact(errno.state(), (int) dirfd.invokeExact(stream));
        } finally {
          int unused = (int) closedir.invokeExact(stream);
        }
      } catch (IOException e) {
        throw e;
      } catch (Throwable e) {
        throw ForeignLibrary.unexpected(e);
      }
      if (result != 0) {
        throw new IOException(
            "the disk below "
                + directory
                + " does not take what was written, error "
                + errno.value());
      }
    }
  }
}
