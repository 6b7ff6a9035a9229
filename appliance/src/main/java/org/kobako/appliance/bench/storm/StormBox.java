package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.kobako.appliance.bench.lab.CpuTime;
import org.kobako.appliance.bench.lab.LabBox;
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

  private final Network.Host host;
  private final ProcessHandle process;
  private final AutoCloseable server;

  private StormBox(Network.Host host, ProcessHandle process, AutoCloseable server) {
    this.host = host;
    this.process = process;
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
    ChildKobako serve = LabBox.start(host.prefix(), work, store, host.address(), PORT, "");
    return new StormBox(host, ProcessHandle.of(serve.pid()).orElseThrow(), serve);
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
    return new StormBox(host, nginx.toHandle(), () -> nginx.destroyForcibly().waitFor());
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
    return CpuTime.secondsOf(process);
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
