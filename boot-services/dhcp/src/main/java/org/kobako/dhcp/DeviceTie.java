package org.kobako.dhcp;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ties sockets to an interface, so that they neither hear nor say anything elsewhere: a box that is
 * a router, too, must not answer on its uplink. Java cannot ask over which interface a broadcast
 * came; the kernel can be told to deliver only those of one (SO_BINDTODEVICE, socket(7)), which
 * takes the number of Java's socket out of /proc and one foreign call.
 *
 * <p>Linux only. Where the VM has no foreign linker, nothing is tied.
 */
final class DeviceTie {
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;

  private static final List<Path> SOCKET_TABLES =
      List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));

  private static final Path OWN_FILES = Path.of("/proc/self/fd");
  private static final String SOCKET = "socket:[";

  /** Columns of a socket table. */
  private static final int LOCAL_ADDRESS = 1;

  private static final int INODE = 9;

  /** Inodes of sockets that are tied. */
  private final Set<String> tied = new HashSet<>();

  /**
   * Ties all sockets of this process that are bound to one of the ports, and are not tied yet.
   *
   * @return why that is impossible here; empty if it is done
   * @throws IOException if /proc cannot be read
   */
  Optional<String> tie(Set<Integer> ports, String device) throws IOException {
    Set<String> inodes = new HashSet<>();
    for (Path table : SOCKET_TABLES) {
      if (Files.exists(table)) {
        Files.readAllLines(table).stream()
            .skip(1)
            .flatMap(line -> inodeOf(line, ports).stream())
            .forEach(inodes::add);
      }
    }
    inodes.removeAll(tied);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(OWN_FILES)) {
      for (Path file : files) {
        Optional<String> inode = socketOf(file).filter(inodes::contains);
        if (inode.isPresent()) {
          Optional<String> failure =
              bindToDevice(Integer.parseInt(file.getFileName().toString()), device);
          if (failure.isPresent()) {
            return failure;
          }
          tied.add(inode.get());
        }
      }
    }
    return Optional.empty();
  }

  /** The inode in a line of a socket table, if it is of a socket with one of the ports. */
  static Optional<String> inodeOf(String line, Set<Integer> ports) {
    String[] columns = line.strip().split("\\s+");
    if (columns.length <= INODE) {
      return Optional.empty();
    }
    String address = columns[LOCAL_ADDRESS];
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    return ports.contains(port) ? Optional.of(columns[INODE]) : Optional.empty();
  }

  private static Optional<String> socketOf(Path file) {
    try {
      String target = Files.readSymbolicLink(file).toString();
      return target.startsWith(SOCKET)
          ? Optional.of(target.substring(SOCKET.length(), target.length() - 1))
          : Optional.empty();
    } catch (IOException closedMeanwhile) {
      return Optional.empty();
    }
  }

  private static Optional<String> bindToDevice(int fd, String device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(device);
      int result =
          (int)
              setsockopt()
                  .invokeExact(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (int) name.byteSize());
      return result == 0
          ? Optional.empty()
          : Optional.of("the kernel refuses to tie a socket to an interface");
    } catch (UnsupportedOperationException | IllegalCallerException e) {
      return Optional.of("this VM makes no foreign calls");
    } catch (Throwable e) {
      throw new IllegalStateException("setsockopt", e);
    }
  }

  private static MethodHandle setsockopt() {
    Linker linker = Linker.nativeLinker();
    AddressLayout pointer = ValueLayout.ADDRESS;
    return linker.downcallHandle(
        linker.defaultLookup().find("setsockopt").orElseThrow(),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            pointer,
            ValueLayout.JAVA_INT));
  }
}
