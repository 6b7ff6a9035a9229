package org.kobako.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** squid as a forward cache on loopback, in memory. */
public final class SquidCache implements AutoCloseable {
  private final Process squid;
  private final Path work;
  private final Path accessLog;
  private final int port = Peer.freePort();

  public SquidCache() throws IOException {
    // squid refuses to be root and writes as its own user, who must get here.
    work = Files.createTempDirectory("squid");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    accessLog = work.resolve("access.log");
    Path config =
        Files.writeString(
            work.resolve("squid.conf"),
            """
            http_port 127.0.0.1:%2$d
            http_access allow all
            cache_mem 256 MB
            maximum_object_size_in_memory 8 MB
            access_log stdio:%1$s/access.log
            cache_log %1$s/cache.log
            pid_filename %1$s/pid
            coredump_dir %1$s
            netdb_filename none
            pinger_enable off
            memory_cache_shared off
            visible_hostname kobako-test
            shutdown_lifetime 0 seconds
            max_filedescriptors 1024
            """
                .formatted(work, port));
    squid =
        Peer.start(
            work.resolve("out"),
            List.of("squid", "-N", "-n", "kobako" + port, "-f", config.toString()));
    Peer.await("squid listens", Duration.ofSeconds(30), this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Requests that it answered out of its own memory. */
  public long hits() throws IOException {
    try (var lines = Files.lines(accessLog)) {
      return lines.filter(line -> line.contains("_HIT/200")).count();
    }
  }

  @Override
  public void close() throws IOException {
    Peer.stop(squid);
    try (Stream<Path> files = Files.list(work)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(work);
  }
}
