package org.kobako.caching.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StoreFiles;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFiles;

/**
 * A box with an empty store and a caching proxy, on loopback, with few threads. What is in the
 * cache it serves in the simplest way there is.
 */
final class ProxyBox implements AutoCloseable {
  /** Kept here, as a logger that nobody holds forgets its level. */
  private static final Logger JETTY_LOG = Logger.getLogger("org.eclipse.jetty");

  static {
    JETTY_LOG.setLevel(Level.WARNING);
  }

  /** Answers that came out of the cache are told by this field. */
  static final String FROM_CACHE = "X-From-Cache";

  private final Server server;
  private final ServerConnector connector;
  private final CachingProxy proxy;

  ProxyBox(CachingProxyConfig config, int port) throws Exception {
    server = new Server(new QueuedThreadPool(8));
    connector = new ServerConnector(server, 1, 1);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setPort(port);
    server.addConnector(connector);
    proxy = new CachingProxy(config);
    proxy.start();
    server.setHandler(
        proxy.handler(
            path -> Optional.empty(), BootFiles.NONE, new Here(proxy.files(), proxy.bootFiles())));
    server.start();
    proxy.fetchAhead(URI.create(url()));
  }

  static CachingProxyConfig config(Path cache, String... upstreams) {
    return new CachingProxyConfig(
        cache,
        Arrays.stream(upstreams).map(it -> URI.create(it + "/")).toList(),
        256 << 20,
        new IndexTrust.Anyone(),
        List.of(),
        CachingProxyConfig.DEFAULT_AHEAD_BYTES_PER_SECOND,
        CachingProxyConfig.Size.SMALL);
  }

  static CachingProxyConfig withQuota(CachingProxyConfig config, long quotaBytes) {
    return new CachingProxyConfig(
        config.directory(),
        config.upstreams(),
        quotaBytes,
        config.trust(),
        config.kept(),
        config.aheadBytesPerSecond(),
        config.size());
  }

  static CachingProxyConfig keeping(
      CachingProxyConfig config, String image, long aheadBytesPerSecond) {
    return new CachingProxyConfig(
        config.directory(),
        config.upstreams(),
        config.quotaBytes(),
        config.trust(),
        List.of(new ImageName(image)),
        aheadBytesPerSecond,
        config.size());
  }

  static ProxyBox start(Path cache, String... upstreams) throws Exception {
    return new ProxyBox(config(cache, upstreams), 0);
  }

  String url() {
    return "http://127.0.0.1:" + connector.getLocalPort() + "/";
  }

  ProxyStatus status() {
    return proxy.status();
  }

  @Override
  public void close() throws Exception {
    server.stop();
    proxy.close();
  }

  /** A box of its own process, to be killed: CACHE PORT UPSTREAM... */
  public static void main(String[] arguments) throws Exception {
    String[] upstreams = Arrays.copyOfRange(arguments, 2, arguments.length);
    ProxyBox box =
        new ProxyBox(config(Path.of(arguments[0]), upstreams), Integer.parseInt(arguments[1]));
    System.out.println("ready " + box.url());
    Thread.currentThread().join();
  }

  /** Serves files whole. */
  private static final class Here extends Handler.Abstract {
    private final StoreFiles files;
    private final BootFiles bootFiles;

    Here(StoreFiles files, BootFiles bootFiles) {
      this.files = files;
      this.bootFiles = bootFiles;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Optional<byte[]> body = body(request.getHttpURI().getPath());
      response.setStatus(body.isPresent() ? HttpStatus.OK_200 : HttpStatus.NOT_FOUND_404);
      response.getHeaders().put(FROM_CACHE, "yes");
      response.write(true, ByteBuffer.wrap(body.orElse(new byte[0])), callback);
      return true;
    }

    private Optional<byte[]> body(String path) throws IOException {
      Optional<Target> target = Target.of(path);
      if (target.isEmpty()) {
        return Optional.empty();
      }
      return switch (target.get()) {
        case Target.InStore file -> {
          Optional<JailedFile> open = files.open(file.path());
          yield open.isEmpty() ? Optional.empty() : Optional.of(whole(open.get().channel()));
        }
        case Target.Boot file -> {
          Optional<BootFile> open = bootFiles.open(file.name());
          yield open.isEmpty() ? Optional.empty() : Optional.of(whole(open.get().bytes()));
        }
      };
    }

    private static byte[] whole(SeekableByteChannel channel) throws IOException {
      try (channel) {
        ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
          // To the end.
        }
        return bytes.array();
      }
    }
  }
}
