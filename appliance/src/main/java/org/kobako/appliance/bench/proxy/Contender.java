package org.kobako.appliance.bench.proxy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.kobako.appliance.bench.lab.CpuTime;
import org.kobako.appliance.bench.lab.LabBox;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.child.Tool;
import org.kobako.appliance.demo.ScratchDirectory;
import org.kobako.packer.StoreDirectory;

/** A cache before an {@link Origin}, in a process of its own, on one core of this computer. */
final class Contender implements AutoCloseable {
  /** By whom it is. */
  enum Kind {
    KOBAKO,
    NGINX,
    SQUID;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> ON_ONE_CORE = List.of("taskset", "-c", "0");

  private final ProcessHandle process;
  private final int port;
  private final Closing closing;

  private interface Closing {
    void run() throws IOException;
  }

  private Contender(ProcessHandle process, int port, Closing closing) {
    this.process = process;
    this.port = port;
    this.closing = closing;
  }

  /**
   * Starts one with an empty cache.
   *
   * @param work an empty directory
   */
  static Contender start(Kind kind, Origin origin, Path work)
      throws IOException, InterruptedException {
    return switch (kind) {
      case KOBAKO -> kobako(origin, work);
      case NGINX -> nginx(origin, work);
      case SQUID -> squid(origin);
    };
  }

  private static Contender kobako(Origin origin, Path work) throws IOException {
    Path store = StoreDirectory.openOrCreate(work.resolve("store")).root();
    ChildKobako box =
        LabBox.start(
            ON_ONE_CORE,
            work,
            store,
            "127.0.0.1",
            0,
            """
            [proxy]
            upstreams = ["%s"]
            """
                .formatted(origin.url()));
    URI url = URI.create(box.readyLine().split(" ", -1)[1]);
    return new Contender(ProcessHandle.of(box.pid()).orElseThrow(), url.getPort(), box::close);
  }

  private static Contender nginx(Origin origin, Path work)
      throws IOException, InterruptedException {
    int port = freePort();
    Path config =
        Files.writeString(
            work.resolve("nginx.conf"),
            """
            daemon off;
            user root;
            worker_processes 1;
            pid %1$s/pid;
            error_log %1$s/error.log;
            events { worker_connections 1024; }
            http {
              access_log off;
              sendfile on;
              keepalive_requests 10000000;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              proxy_cache_path %1$s/cache levels=1:2 keys_zone=blocks:10m max_size=2g inactive=1d
                use_temp_path=off;
              upstream origin { server 127.0.0.1:%3$d; keepalive 32; }
              server {
                listen 127.0.0.1:%2$d;
                location / {
                  proxy_pass http://origin;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_cache blocks;
                  proxy_cache_valid 200 1d;
                  proxy_cache_lock on;
                }
              }
            }
            """
                .formatted(work, port, origin.port()));
    return started(work, port, List.of("nginx", "-p", work.toString(), "-c", config.toString()));
  }

  /** squid refuses to be root and writes as its own user, who must get to its directory. */
  private static Contender squid(Origin origin) throws IOException, InterruptedException {
    ScratchDirectory scratch = ScratchDirectory.create("kobako-squid-");
    Path work = scratch.path();
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    try {
      Contender squid = squid(origin, work);
      return new Contender(
          squid.process,
          squid.port,
          () -> {
            squid.close();
            scratch.close();
          });
    } catch (IOException e) {
      scratch.close();
      throw e;
    }
  }

  private static Contender squid(Origin origin, Path work)
      throws IOException, InterruptedException {
    int port = freePort();
    Path config =
        Files.writeString(
            work.resolve("squid.conf"),
            """
            http_port 127.0.0.1:%2$d accel defaultsite=origin no-vhost
            cache_peer 127.0.0.1 parent %3$d 0 no-query originserver no-digest
            http_access allow all
            cache_dir ufs %1$s/cache 2048 16 256
            cache_mem 256 MB
            maximum_object_size 8 MB
            maximum_object_size_in_memory 1 MB
            collapsed_forwarding on
            access_log none
            cache_log %1$s/cache.log
            pid_filename %1$s/pid
            coredump_dir %1$s
            netdb_filename none
            pinger_enable off
            memory_cache_shared off
            visible_hostname kobako-bench
            shutdown_lifetime 0 seconds
            max_filedescriptors 2048
            """
                .formatted(work, port, origin.port()));
    Tool.run("squid", "-N", "-z", "-n", "kobako" + port, "-f", config.toString());
    return started(
        work, port, List.of("squid", "-N", "-n", "kobako" + port, "-f", config.toString()));
  }

  private static Contender started(Path work, int port, List<String> command)
      throws IOException, InterruptedException {
    List<String> words = Stream.concat(ON_ONE_CORE.stream(), command.stream()).toList();
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(work.resolve("out").toFile()))
            .start();
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() - deadlineNs > 0) {
        process.destroyForcibly();
        throw new IOException(
            command.getFirst() + " does not start: " + Files.readString(work.resolve("out")));
      }
      Thread.sleep(20);
    }
    return new Contender(process.toHandle(), port, () -> stop(process));
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /** What its processes have taken of the core. */
  double cpuSeconds() throws IOException {
    return CpuTime.secondsOf(process);
  }

  @Override
  public void close() throws IOException {
    closing.run();
  }
}
