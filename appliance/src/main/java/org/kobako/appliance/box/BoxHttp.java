package org.kobako.appliance.box;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.server.BlockServer;
import org.kobako.block.server.MachineReads;

/** The one Jetty of a box; its bounds are those of a {@link BoxSize}. */
final class BoxHttp {
  static {
    // Otherwise Jetty asks the VM's management for this number, which loads all of that: 4 MB.
    System.setProperty("org.eclipse.jetty.util.referencesPerCacheLine", "16");
  }

  /** What people call it. */
  static final String NAME = "http";

  private static final int BACKLOG = 128;

  /** A selector accepts, too. */
  private static final int ACCEPTORS = 0;

  private static final Duration THREAD_IDLE = Duration.ofSeconds(30);

  /** A machine keeps its connections while it boots, and opens them again when it wakes up. */
  private static final Duration CONNECTION_IDLE = Duration.ofSeconds(60);

  /** Time that responses under way have when the box stops. */
  private static final Duration STOP = Duration.ofSeconds(5);

  /** Those that are told that there is no room; more wait in the kernel's queue. */
  private static final int MAX_REFUSED_CONNECTIONS = 16;

  private static final int REQUEST_HEAD_BYTES = 4 << 10;
  private static final int RESPONSE_HEAD_BYTES = 2 << 10;

  private static final int MIN_BUFFER_BYTES = 4 << 10;
  private static final int MAX_BUFFER_BYTES = 64 << 10;

  private final Server server;
  private final ServerConnector connector;
  private final BoxConfig.Http config;

  /**
   * @param files those that are answered without Jetty's handlers
   * @param reads is told who reads what
   */
  BoxHttp(BoxConfig.Http config, StoreFiles files, MachineReads reads, BoxSize size) {
    this.config = config;
    // Its queue is bounded by the connections: each has at most one task waiting.
    QueuedThreadPool threads =
        new QueuedThreadPool(
            size.maxHttpThreads(), size.minHttpThreads(), (int) THREAD_IDLE.toMillis());
    threads.setName("http");
    server = new Server(threads, null, bufferPool(size));
    connector =
        BlockServer.connector(
            server,
            ACCEPTORS,
            size.selectors(),
            size.maxConnections(),
            files,
            reads,
            new HttpConnectionFactory(http()));
    if (config.listen() != null) {
      connector.setHost(config.listen().getHostAddress());
    }
    connector.setPort(config.port());
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(CONNECTION_IDLE.toMillis());
    server.addConnector(connector);
    server.addBean(
        new NetworkConnectionLimit(size.maxConnections() + MAX_REFUSED_CONNECTIONS, server));
    server.setStopTimeout(STOP.toMillis());
  }

  private static ArrayByteBufferPool bufferPool(BoxSize size) {
    return new ArrayByteBufferPool(
        0,
        MIN_BUFFER_BYTES,
        MAX_BUFFER_BYTES,
        size.maxConnections(),
        size.idleHeapBufferBytes(),
        size.idleDirectBufferBytes());
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(REQUEST_HEAD_BYTES);
    http.setResponseHeaderSize(RESPONSE_HEAD_BYTES);
    http.setInputBufferSize(REQUEST_HEAD_BYTES);
    http.setSendServerVersion(false);
    http.setSendDateHeader(false); // BlockServer.dated does
    http.setHeaderCacheSize(0); // which would be 100 KB for every connection
    return http;
  }

  /**
   * Takes the port; nobody is answered before {@link #start}.
   *
   * @throws IOException if the port is in use or not allowed, with what to do
   */
  void bind() throws IOException {
    try {
      connector.open();
    } catch (IOException e) {
      throw new IOException(whyNoPort(e), e);
    }
  }

  private String whyNoPort(IOException e) {
    String port = "HTTP port " + config.port();
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof BindException)) {
      cause = cause.getCause();
    }
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("Address already in use")) {
      return port + " is in use: stop the program that has it, or choose another with --http-port";
    }
    if (reason.contains("Permission denied")) {
      return port + " is for root: choose one above 1023 with --http-port";
    }
    if (reason.contains("Cannot assign requested address")) {
      return "this machine has no address " + listenAddress() + ": choose another with --listen";
    }
    return port + " cannot be opened: " + reason;
  }

  private @Nullable String listenAddress() {
    return config.listen() == null ? null : config.listen().getHostAddress();
  }

  /** Answers from now on. */
  void start(Handler handler) throws IOException {
    server.setHandler(new GracefulHandler(BlockServer.dated(handler)));
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("the HTTP server does not start: " + e.getMessage(), e);
    }
  }

  /** The port it has; after {@link #bind}. */
  int port() {
    return connector.getLocalPort();
  }

  /**
   * Its address as others see it; after {@link #bind}.
   *
   * @param netboot this machine's address where it boots others
   */
  String url(Optional<Inet4Address> netboot) throws IOException {
    if (config.listen() != null) {
      return url(config.listen());
    }
    return url(netboot.isPresent() ? netboot.get() : anyAddress());
  }

  /** Its address as this machine itself reaches it; after {@link #bind}. */
  String ownUrl() {
    return url(ownAddress());
  }

  private InetAddress ownAddress() {
    InetAddress listen = config.listen();
    return listen == null || listen.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : listen;
  }

  private String url(InetAddress address) {
    String literal = address.getHostAddress();
    String host = address instanceof Inet6Address ? "[" + literal + "]" : literal;
    return "http://" + host + ":" + port() + "/";
  }

  /** HTTP as one of the box's services, for its check. */
  Part part(CheckFile checkFile) {
    return new Part(NAME, this::bind, () -> {}, () -> check(checkFile), this::stop);
  }

  /** Where this machine itself reaches it; after {@link #bind}. */
  InetSocketAddress own() {
    return new InetSocketAddress(ownAddress(), port());
  }

  /** Reads a boot file from the box's own port, as simply as HTTP allows. */
  private void check(CheckFile file) throws IOException {
    try (OwnRequest request = OwnRequest.get(own(), "boot/" + CheckFile.NAME)) {
      if (!Arrays.equals(request.body().readNBytes(RESPONSE_HEAD_BYTES), file.content())) {
        throw new IOException("another answer came on port " + port() + " than the box's own");
      }
    }
  }

  /** One of this machine's addresses that others may reach: IPv4 where there is one. */
  private static InetAddress anyAddress() throws IOException {
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (network.isUp() && !network.isLoopback()) {
        for (InetAddress address : Collections.list(network.getInetAddresses())) {
          if (address instanceof Inet4Address) {
            return address;
          }
        }
      }
    }
    return InetAddress.getLoopbackAddress();
  }

  /** Refuses new requests, lets those under way end, and gives the port back. */
  void stop() throws IOException {
    try {
      server.stop();
      // Jetty without acceptor threads leaves the port of a server bound that was never started.
      if (connector.getTransport() instanceof ServerSocketChannel port) {
        port.close();
      }
    } catch (Exception e) {
      throw new IOException("the HTTP server does not stop: " + e.getMessage(), e);
    }
  }
}
