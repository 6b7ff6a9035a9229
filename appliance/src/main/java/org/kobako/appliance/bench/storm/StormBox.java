package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.kobako.appliance.Kobako;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.child.Tool;

/** What serves in a storm: a box, or the web server that it is measured against. */
final class StormBox implements AutoCloseable {
  /** Who serves. */
  enum Kind {
    KOBAKO,
    NGINX;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int PORT = 80;
  private static final long PATIENCE_NS = 10_000_000_000L;

  /** Clock ticks of a second (sysconf(_SC_CLK_TCK)) on every Linux that runs Java. */
  private static final double TICKS = 100;

  /** proc_pid_stat(5), behind the command's name: utime and stime, each alone and of children. */
  private static final int UTIME = 11;

  private final Network.Host host;
  private final List<ProcessHandle> processes;
  private final AutoCloseable server;

  private StormBox(Network.Host host, List<ProcessHandle> processes, AutoCloseable server) {
    this.host = host;
    this.processes = processes;
    this.server = server;
  }

  /**
   * Starts one; it answers when this returns.
   *
   * @param work an empty directory for its files
   */
  static StormBox start(Kind kind, Network.Host host, Path work, Path store)
      throws IOException, InterruptedException {
    return switch (kind) {
      case KOBAKO -> kobako(host, work, store);
      case NGINX -> nginx(host, work, store);
    };
  }

  private static StormBox kobako(Network.Host host, Path work, Path store) throws IOException {
    Files.writeString(
        work.resolve("kobako.toml"), "netboot = false\nstate = \"state\"\nuser = \"root\"\n");
    ChildKobako serve =
        ChildKobako.start(
            host.prefix(),
            Kobako.class,
            work.resolve("serve.log"),
            "serve",
            "--config",
            work.resolve("kobako.toml").toString(),
            "--store",
            store.toString(),
            "--listen",
            host.address(),
            "--http-port",
            Integer.toString(PORT));
    return new StormBox(host, List.of(ProcessHandle.of(serve.pid()).orElseThrow()), serve);
  }

  /** One worker, as a box is one process; it sends by sendfile(2), too. */
  private static StormBox nginx(Network.Host host, Path work, Path store)
      throws IOException, InterruptedException {
    Path config =
        Files.writeString(
            work.resolve("nginx.conf"),
            """
            daemon off;
            master_process off;
            pid %1$s/pid;
            error_log %1$s/error.log;
            events { worker_connections 4096; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000;
              client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
              uwsgi_temp_path %1$s; scgi_temp_path %1$s;
              server { listen %2$s:%3$d; root %4$s; }
            }
            """
                .formatted(work, host.address(), PORT, store));
    List<String> command = new ArrayList<>(host.prefix());
    command.addAll(List.of("nginx", "-e", work.resolve("error.log").toString()));
    command.addAll(List.of("-c", config.toString()));
    Process nginx =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("nginx.log").toFile())
            .start();
    long end = System.nanoTime() + PATIENCE_NS;
    while (!Files.exists(work.resolve("pid")) && nginx.isAlive() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    if (!Files.exists(work.resolve("pid"))) {
      nginx.destroyForcibly();
      throw new IOException(
          "nginx does not start: " + Files.readString(work.resolve("nginx.log")).strip());
    }
    return new StormBox(host, List.of(nginx.toHandle()), () -> nginx.destroyForcibly().waitFor());
  }

  /** As {@link StandIns} takes it. */
  String address() {
    return host.address() + ":" + PORT;
  }

  /** As a block client takes it. */
  String url() {
    return "http://" + address();
  }

  /** CPU time so far. */
  double cpuSeconds() throws IOException {
    long ticks = 0;
    for (ProcessHandle process : processes) {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 0);
      ticks += Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1]);
    }
    return ticks / TICKS;
  }

  static boolean isInstalled(Kind kind) {
    return kind == Kind.KOBAKO || Tool.isInstalled("nginx");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      server.close();
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
