package org.kobako.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** nginx, serving a store with the caching that a box gives it. */
public final class NginxBox implements AutoCloseable {
  private final Process nginx;
  private final String host;
  private final int port = Peer.freePort();

  /**
   * On the loopback address.
   *
   * @param work an empty directory for nginx's own files
   */
  public NginxBox(Path store, Path work) throws IOException {
    this(store, work, "127.0.0.1", words -> words);
  }

  /**
   * The same at an address of a host on a network of its own.
   *
   * @param address without its length
   */
  public NginxBox(Path store, Path work, Segment.Host on, String address) throws IOException {
    this(store, work, address, on::command);
  }

  private NginxBox(Path store, Path work, String host, UnaryOperator<List<String>> command)
      throws IOException {
    this.host = host;
    Files.createDirectories(work);
    Path config =
        Files.writeString(
            work.resolve("nginx.conf"),
            """
            daemon off;
            user root;
            worker_processes 1;
            pid %1$s/pid;
            error_log %1$s/error.log;
            events { worker_connections 512; }
            http {
              access_log off;
              sendfile on;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              if_modified_since before;
              keepalive_requests 1000000;
              types { }
              default_type application/octet-stream;
              server {
                listen %4$s:%2$d;
                root %3$s;
                location / { expires 1y; }
                location ~ /current$ { default_type text/plain; }
              }
            }
            """
                .formatted(work, port, store, host));
    nginx =
        Peer.start(
            work.resolve("out"),
            command.apply(List.of("nginx", "-p", work.toString(), "-c", config.toString())));
    // Which it writes when it listens.
    Peer.await("nginx listens", Duration.ofSeconds(10), () -> Files.exists(work.resolve("pid")));
  }

  public String url() {
    return "http://" + host + ":" + port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /** Of the one worker, which does all the work. */
  public long workerPid() {
    return nginx.children().findFirst().orElseThrow().pid();
  }

  @Override
  public void close() {
    Peer.stop(nginx);
  }
}
