package org.kobako.dhcp;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.BootPlanner;
import org.kobako.boot.plan.MacAddress;
import org.kobako.boot.plan.Machine;
import org.kobako.boot.plan.Notices;
import org.kobako.dhcp.DhcpHandler.Role;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.service.Destination;
import org.kobako.dhcp.service.FirstFiles;
import org.kobako.dhcp.service.LeaseService;
import org.kobako.dhcp.service.ProxyService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives machines addresses and boot files, or boot files only. {@link #bind} takes every port and
 * opens the lease file, {@link #start} begins to answer, {@link #close} ends it; privileges may be
 * dropped after bind, if the user who is left may write the lease file and its directory.
 */
public final class DhcpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);

  private static final Set<Integer> PORTS = Set.of(Destination.SERVER_PORT, ProxyService.PORT);

  /**
   * How often other servers are asked for, and how long until the next time. dnsmasq answers after
   * three seconds, in which it pings the address that it is about to offer.
   */
  private static final int QUESTIONS = 5;

  private static final long QUESTION_MS = 1000;
  private static final long POLL_MS = 50;
  private static final long TICK_MS = 1000;

  /** How often a box that gives out addresses by its own choice looks whether others do. */
  private static final int RIVAL_TICKS = 10;

  private static final int DISCARD_PORT = 9;
  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final Path ARP_TABLE = Path.of("/proc/net/arp");

  private final DhcpConfig config;
  private final FirstFiles firstFiles;
  private final Consumer<Machine> seen;
  private final Notices notices = new Notices(line -> LOG.warn("dhcp: {}", line));
  private final List<DhcpHandler> handlers = new ArrayList<>();
  private final Thread idleWork =
      Thread.ofPlatform().name("dhcp-idle").daemon().unstarted(this::runIdle);
  private @Nullable Leases leases;
  private @Nullable DatagramChannel answers;
  private boolean knownToBeAlone;
  private final Set<String> closedInterfaces = new HashSet<>(Set.of("lo"));
  private Supplier<List<Ipv4Address>> resolvers = List::of;
  private volatile boolean closed;

  /**
   * Takes nothing yet.
   *
   * @param plannerOn plans for the machines that reach the box at an address of its
   * @param seen told of every machine that is answered, in the thread that answers
   */
  public DhcpServer(
      DhcpConfig config, Function<Inet4Address, BootPlanner> plannerOn, Consumer<Machine> seen) {
    this.config = config;
    this.firstFiles = (machine, box) -> plannerOn.apply(box.toInet()).firstFile(machine);
    this.seen = seen;
  }

  /**
   * Takes the ports on all boot interfaces, and opens the lease file. Nobody is answered yet.
   *
   * @throws IOException if a port, an interface or the file cannot be had, with the reason and what
   *     to do; nothing is held then
   */
  public void bind() throws IOException {
    try {
      InterfacePorts.requireFree();
      List<BootInterface> interfaces = BootInterface.find(config.interfaces());
      DeviceTie tie = new DeviceTie();
      for (BootInterface where : interfaces) {
        DhcpHandler handler = new DhcpHandler(where, notices, System::nanoTime);
        handlers.add(handler);
        handler.ports().bind();
        tie(tie, where, interfaces);
      }
      if (config.mode() != DhcpMode.PROXY) {
        leases = openLeases(interfaces);
      }
      if (config.mode() == DhcpMode.AUTO) {
        answers = listenForAnswers();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void tie(DeviceTie tie, BootInterface where, List<BootInterface> interfaces)
      throws IOException {
    if (isOnlyOne(where)) {
      return; // a foreign call takes a small VM a second or two to prepare, and 4.3 MB
    }
    Optional<String> failure = tie.tie(PORTS, where.name());
    if (failure.isEmpty()) {
      return;
    }
    for (NetworkInterface other : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (other.isUp()
          && !other.isLoopback()
          && (interfaces.size() > 1 || !other.getName().equals(where.name()))) {
        throw new IOException(
            "dhcp: cannot serve %s alone: %s, and machines on %s would be answered, too; run as root"
                .formatted(where.name(), failure.get(), other.getName()));
      }
    }
  }

  /** Whether nobody reaches the machine by another interface, be it up or not. */
  private boolean isOnlyOne(BootInterface where) throws IOException {
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(INTERFACES, one -> mayReachUs(one, where))) {
      return !all.iterator().hasNext();
    } catch (NoSuchFileException noSysfs) {
      return false;
    }
  }

  private boolean mayReachUs(Path other, BootInterface where) {
    String name = other.getFileName().toString();
    return !name.equals(where.name()) && !closedInterfaces.contains(name);
  }

  private Leases openLeases(List<BootInterface> interfaces) throws IOException {
    List<SubnetConfig> subnets = new ArrayList<>(config.subnets());
    for (BootInterface where : interfaces) {
      if (subnets.stream().noneMatch(it -> it.subnet().contains(where.address()))) {
        subnets.add(SubnetConfig.defaultsFor(where.link()));
      }
    }
    Set<Ipv4Address> own =
        interfaces.stream().map(BootInterface::address).collect(Collectors.toSet());
    LeaseService service =
        new LeaseService(config, subnets, own, firstFiles, resolvers, seen, InstantSource.system());
    return new Leases(config.leaseFile(), service, notices);
  }

  /** Port 68, if no DHCP client of the box has it for itself: then port 67 has to do. */
  private static @Nullable DatagramChannel listenForAnswers() throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.configureBlocking(false);
      return channel.bind(new InetSocketAddress(Destination.MACHINE_PORT));
    } catch (IOException e) {
      channel.close();
      LOG.debug("dhcp: port 68 is another's: {}", e.getMessage());
      return null;
    }
  }

  /**
   * Takes it as known, before {@link #start}, that nobody else gives addresses now: in {@code auto}
   * mode it answers at once, and looks out for others all the same.
   */
  public void assumeAlone() {
    knownToBeAlone = true;
  }

  /**
   * Takes it as known, before {@link #bind}, that machines reach the world by way of this box and
   * of another interface of its, by which nobody reaches the box.
   */
  public void assumeUplink(String interfaceName) {
    closedInterfaces.add(interfaceName);
  }

  /**
   * Whom machines are told of, where the configuration names no resolvers; before {@link #bind}.
   *
   * @param known asked at each answer, as they may change; the best first
   */
  public void assumeResolvers(Supplier<List<Ipv4Address>> known) {
    resolvers = known;
  }

  /**
   * Begins to answer; in {@code auto} mode after the five seconds in which other servers may show
   * themselves.
   */
  public void start() {
    if (leases != null) {
      leases.start();
    }
    for (DhcpHandler handler : handlers) {
      switch (config.mode()) {
        case AUTO ->
            handler.become(new Role.Asking(new ServerSearch(handler.ports(), config.boxes() == 1)));
        case SERVER -> becomeServer(handler, null, "as it is told to");
        case PROXY -> becomeProxy(handler, "as it is told to");
      }
    }
    idleWork.start();
  }

  /**
   * Makes sure that every interface is answered, from within the box; takes seconds if one is not.
   *
   * @throws IOException if one is not, with the reason
   */
  public void check() throws IOException {
    for (DhcpHandler handler : handlers) {
      switch (handler.role()) {
        case Role.Server server -> PortCheck.ask(handler.ports());
        case Role.Proxy proxy -> PortCheck.ask(handler.ports());
        case Role.Asking asking -> throw new IOException("still looks for other servers");
        case Role.Idle idle -> throw new IOException("is not started");
      }
    }
  }

  private void becomeServer(DhcpHandler handler, @Nullable ServerSearch rivals, String why) {
    ProxyService bootServer = new ProxyService(firstFiles, seen);
    if (leases != null) {
      handler.become(new Role.Server(leases, bootServer, rivals));
      BootInterface where = handler.ports().where();
      LOG.info(
          "dhcp: gives addresses and boot files on {} ({}), {}",
          where.name(),
          where.address(),
          why);
    }
  }

  private void becomeProxy(DhcpHandler handler, String why) {
    handler.become(new Role.Proxy(new ProxyService(firstFiles, seen)));
    BootInterface where = handler.ports().where();
    LOG.info(
        "dhcp: gives boot files and no addresses on {} ({}), {}",
        where.name(),
        where.address(),
        why);
  }

  private void runIdle() {
    try {
      if (config.mode() == DhcpMode.AUTO) {
        searchServers();
      }
      probeConflicts();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (IOException e) {
      notices.count("probe", "free addresses are not probed any more: " + e);
    }
  }

  private boolean everyInterfaceIsDecided() {
    return handlers.stream()
        .allMatch(handler -> search(handler).map(it -> it.found().isPresent()).orElse(true));
  }

  private void searchServers() throws InterruptedException {
    int questions = knownToBeAlone ? 0 : QUESTIONS;
    for (int i = 0; i < questions && !closed && !everyInterfaceIsDecided(); i++) {
      handlers.forEach(handler -> search(handler).ifPresent(ServerSearch::ask));
      for (long waitedMs = 0; waitedMs < QUESTION_MS; waitedMs += POLL_MS) {
        Thread.sleep(POLL_MS);
        takeAnswers();
      }
    }
    for (DhcpHandler handler : handlers) {
      if (handler.role() instanceof Role.Asking asking) {
        ServerSearch search = asking.search();
        if (!yieldsTo(search.found(), handler)) {
          search.serve();
          becomeServer(
              handler, config.boxes() == 1 ? search : null, "because nobody else gave any there");
        }
      }
    }
    closeAnswers();
  }

  private boolean yieldsTo(Optional<Ipv4Address> other, DhcpHandler handler) {
    other.ifPresent(it -> becomeProxy(handler, "because " + it + " gives addresses there"));
    return other.isPresent();
  }

  /** Somebody may have come later, or been too slow to answer. */
  private void watchRivals(List<DhcpHandler> servers) {
    for (DhcpHandler handler : servers) {
      if (handler.role() instanceof Role.Server server
          && server.rivals() != null
          && !yieldsTo(server.rivals().found(), handler)) {
        server.rivals().ask();
      }
    }
  }

  private static Optional<ServerSearch> search(DhcpHandler handler) {
    return handler.role() instanceof Role.Asking asking
        ? Optional.of(asking.search())
        : Optional.empty();
  }

  private void takeAnswers() {
    if (answers == null) {
      return;
    }
    ByteBuffer datagram = ByteBuffer.allocate(DhcpPacket.MAX_BYTES);
    try {
      for (SocketAddress from = answers.receive(datagram);
          from != null;
          from = answers.receive(datagram.clear())) {
        datagram.flip();
        handlers.forEach(handler -> search(handler).ifPresent(it -> it.received(datagram)));
      }
    } catch (IOException e) {
      LOG.debug("dhcp: receiving answers", e);
    }
  }

  private void closeAnswers() {
    try {
      if (answers != null) {
        answers.close();
      }
    } catch (IOException nothingLost) {
      LOG.debug("dhcp: closing port 68", nothingLost);
    }
  }

  private void probeConflicts() throws IOException, InterruptedException {
    List<DhcpHandler> servers =
        handlers.stream().filter(it -> it.role() instanceof Role.Server).toList();
    Leases table = leases;
    if (servers.isEmpty() || table == null || !Files.isReadable(ARP_TABLE)) {
      return;
    }
    try (DatagramChannel knocker = DatagramChannel.open(StandardProtocolFamily.INET)) {
      ConflictProbe probe =
          new ConflictProbe(
              servers.stream().map(it -> it.ports().where().link()).toList(),
              new ProbeOutcome(table, servers.getFirst().ports()),
              address -> knock(knocker, address));
      int requests = -1;
      int ticks = 0;
      while (!closed) {
        int requestsNow = servers.stream().mapToInt(DhcpHandler::requests).sum();
        probe.tick(
            System.nanoTime() / 1_000_000_000,
            ConflictProbe.neighbours(Files.readAllLines(ARP_TABLE)),
            requests == requestsNow);
        requests = requestsNow;
        if (ticks++ % RIVAL_TICKS == 0) {
          watchRivals(servers);
        }
        Thread.sleep(TICK_MS);
      }
    }
  }

  private static void knock(DatagramChannel knocker, Ipv4Address address) {
    try {
      knocker.send(ByteBuffer.allocate(1), new InetSocketAddress(address.toInet(), DISCARD_PORT));
    } catch (IOException unreachable) {
      LOG.debug("dhcp: probing {}: {}", address, unreachable.getMessage());
    }
  }

  private record ProbeOutcome(Leases leases, InterfacePorts ports)
      implements ConflictProbe.Outcome {
    @Override
    public Optional<Ipv4Address> next(Subnet link, Set<Ipv4Address> underWay) {
      return leases.service().nextToProbe(link, underWay);
    }

    @Override
    public void silent(Ipv4Address address) {
      leases.service().probedSilent(address);
    }

    @Override
    public void inUse(Ipv4Address address, MacAddress by) {
      leases
          .service()
          .probedInUse(address, by)
          .ifPresent(note -> {
            LOG.warn("dhcp: {} is in the pool and {} uses it; it is not given out", address, by);
            leases.write(note, ports);
          });
    }
  }

  /** Answers nobody any more, writes the leases that wait, and gives the ports back. */
  @Override
  public void close() {
    closed = true;
    handlers.forEach(handler -> handler.become(new Role.Idle()));
    idleWork.interrupt();
    if (leases != null) {
      leases.close();
    }
    handlers.forEach(handler -> handler.ports().close());
    closeAnswers();
  }
}
