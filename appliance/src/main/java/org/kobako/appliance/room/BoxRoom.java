package org.kobako.appliance.room;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.kobako.appliance.status.RoomStatus;
import org.kobako.appliance.status.ServiceStatus;
import org.kobako.dns.DnsConfig;
import org.kobako.dns.DnsServer;
import org.kobako.dns.balance.MachineRange;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.HeartbeatConfig;
import org.kobako.heartbeat.HeartbeatServer;
import org.kobako.heartbeat.LoadMeter;
import org.kobako.heartbeat.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This box's place in its room: the DNS for the machines, and, where the room has a key, the
 * heartbeat that tells the others.
 */
public final class BoxRoom {
  private static final Logger LOG = LoggerFactory.getLogger(BoxRoom.class);

  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** As many as there is room for in any firmware's DHCP packet. */
  private static final int MAX_RESOLVERS = 4;

  /** The images of a store are listed on its disk, and change seldom. */
  private static final long LOOK_AGAIN_NS = Duration.ofSeconds(10).toNanos();

  /**
   * Where the box is.
   *
   * @param address of the box in the boot network
   * @param machines the addresses of the boot network, and of those behind relay agents
   */
  public record Place(String interfaceName, Inet4Address address, List<MachineRange> machines) {}

  private final RoomConfig config;
  private final Place place;
  private final Life self;
  private final String name;
  private final Supplier<List<Report.Image>> listImages;
  private final Supplier<List<InetSocketAddress>> resolvers;
  private final Events events = new Events(System::nanoTime);
  private final RoomView view;
  private final LoadMeter load;
  private final DnsServer dns;
  private final Optional<HeartbeatServer> heartbeat;
  private List<Report.Image> images = List.of();
  private long listedNs = System.nanoTime() - LOOK_AGAIN_NS;
  private volatile Supplier<List<ServiceStatus>> services = List::of;
  private volatile BooleanSupplier isSound = () -> true;

  /**
   * Without a socket; {@link #bindDns} and {@link #bindHeartbeat} come next.
   *
   * @param state the folder of what the box must remember
   * @param images that it holds now
   * @param resolvers that the box itself has
   * @throws IOException if the network interface is not there
   */
  public BoxRoom(
      RoomConfig config,
      Place place,
      Path state,
      Supplier<List<Report.Image>> images,
      Supplier<List<InetSocketAddress>> resolvers)
      throws IOException {
    this.config = config;
    this.place = place;
    this.listImages = images;
    this.resolvers = resolvers;
    this.self = config.key().isPresent() ? Identity.begin(state) : Identity.passing();
    this.name = Identity.name(self.box());
    this.view =
        new RoomView(
            name, List.of(place.address()), place.machines(), config, System::nanoTime, events);
    this.load = new LoadMeter(INTERFACES.resolve(place.interfaceName()));
    this.dns =
        new DnsServer(
            new DnsConfig(
                new InetSocketAddress(place.address(), config.dns().port()),
                config.dns().zone(),
                name,
                place.machines()),
            view,
            this::resolvers);
    this.heartbeat =
        config.key().isPresent() ? Optional.of(heartbeat(config.key().get())) : Optional.empty();
  }

  private HeartbeatServer heartbeat(RoomKey key) throws IOException {
    NetworkInterface network = NetworkInterface.getByName(place.interfaceName());
    if (network == null) {
      throw new IOException("there is no network interface " + place.interfaceName());
    }
    List<InetSocketAddress> to = new ArrayList<>();
    for (InetAddress peer : config.peers()) {
      to.add(new InetSocketAddress(peer, config.port()));
    }
    if (to.isEmpty()) {
      to.add(
          new InetSocketAddress(InetAddress.ofLiteral(HeartbeatConfig.USUAL_GROUP), config.port()));
    }
    return new HeartbeatServer(
        new HeartbeatConfig(key.bytes(), new InetSocketAddress(config.port()), network, to, EVERY),
        self,
        new HeartbeatServer.Self() {
          @Override
          public Optional<Report> report() {
            return beat();
          }

          @Override
          public void wereTold(List<Report.Assigned> assigned) {
            view.wereTold(assigned);
          }
        },
        view::tell);
  }

  /** Takes DNS's ports. */
  public void bindDns() throws IOException {
    dns.bind();
  }

  public void startDns() {
    dns.start();
    if (heartbeat.isEmpty()) {
      view.tellOwn(Optional.of(report()));
    }
  }

  public void checkDns() throws IOException {
    dns.check();
  }

  public void closeDns() throws IOException {
    dns.close();
  }

  /** Whether there is a heartbeat, because the room has a key. */
  public boolean hasKey() {
    return heartbeat.isPresent();
  }

  /** Takes the heartbeat's port. */
  public void bindHeartbeat() throws IOException {
    heartbeat.orElseThrow().bind();
  }

  public void startHeartbeat() {
    heartbeat.orElseThrow().start();
  }

  public void checkHeartbeat() throws IOException {
    if (!heartbeat.orElseThrow().isRunning()) {
      throw new IOException("it has ended; see the log");
    }
  }

  public void closeHeartbeat() throws IOException {
    heartbeat.orElseThrow().close();
  }

  /**
   * Goes by the box's own check from now on.
   *
   * @param found what it found last
   * @param isSound whether machines may count on the box
   */
  public void follow(Supplier<List<ServiceStatus>> found, BooleanSupplier isSound) {
    this.services = found;
    this.isSound = isSound;
  }

  /** For the next heartbeat; empty while others had better not count on this box. */
  private Optional<Report> beat() {
    Optional<Report> report = isSound.getAsBoolean() ? Optional.of(report()) : Optional.empty();
    view.tellOwn(report);
    return report;
  }

  private Report report() {
    return new Report(
        loadLevel(),
        config.priority(),
        config.isDraining(),
        view.machines(name),
        services.get().stream()
            .filter(service -> service.state() == ServiceStatus.State.FAILING)
            .map(ServiceStatus::name)
            .toList(),
        config.machines().stream()
            .map(range -> new Report.Range(range.first(), range.last()))
            .toList(),
        List.of(place.address()),
        images(),
        view.toTell());
  }

  private int loadLevel() {
    try {
      return load.level(System.nanoTime());
    } catch (IOException e) {
      LOG.debug("room: the load of {} is not known: {}", place.interfaceName(), e.getMessage());
      return Report.MAX_LOAD_LEVEL;
    }
  }

  /** Another one first each time, as a heartbeat may have no room for all. */
  private List<Report.Image> images() {
    long nowNs = System.nanoTime();
    if (nowNs - listedNs >= LOOK_AGAIN_NS) {
      listedNs = nowNs;
      images = new ArrayList<>(listImages.get());
    }
    Collections.rotate(images, 1);
    return images;
  }

  /** The configured ones, or else the box's own, but none of the room's: those would ask back. */
  private List<InetSocketAddress> resolvers() {
    List<InetAddress> ofTheRoom = new ArrayList<>(view.otherAddresses());
    ofTheRoom.add(place.address());
    List<InetSocketAddress> known =
        config.dns().resolvers().isEmpty() ? resolvers.get() : config.dns().resolvers();
    return known.stream().filter(resolver -> !ofTheRoom.contains(resolver.getAddress())).toList();
  }

  /**
   * The DNS servers that machines are told of, this box's own first: it answers now, and some
   * firmware never asks a second one.
   */
  public List<InetAddress> resolversForMachines() {
    return Stream.concat(Stream.of(place.address()), view.otherAddresses().stream())
        .limit(MAX_RESOLVERS)
        .toList();
  }

  public RoomStatus status() {
    return new RoomStatus(
        name,
        config.dns().zone(),
        config.policy().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        boxes(),
        disks(),
        events.newestFirst(),
        heartbeat.map(HeartbeatServer::ignored).orElse(Map.of()),
        new RoomStatus.Questions(
            dns.counters().answered(), dns.counters().tooMany(), dns.counters().malformed()));
  }

  private List<RoomStatus.Box> boxes() {
    List<RoomStatus.Box> boxes = new ArrayList<>();
    view.members()
        .forEach((box, member) -> {
          Report report = member.report();
          boxes.add(
              new RoomStatus.Box(
                  box,
                  RoomView.where(report),
                  state(member),
                  report.loadLevel(),
                  report.priority(),
                  view.machines(box),
                  report.failing(),
                  report.images().stream()
                      .map(image -> image.name() + " " + image.version())
                      .sorted()
                      .toList()));
        });
    return boxes;
  }

  private static RoomStatus.State state(RoomView.Member member) {
    if (!member.isThere()) {
      return RoomStatus.State.DOWN;
    }
    return member.report().isDraining() ? RoomStatus.State.DRAINING : RoomStatus.State.HEALTHY;
  }

  private List<RoomStatus.PlacedDisk> disks() {
    List<RoomStatus.PlacedDisk> disks = new ArrayList<>();
    view.disks()
        .forEach((disk, box) ->
            disks.add(
                new RoomStatus.PlacedDisk(disk.machine().getHostAddress(), disk.number(), box)));
    return disks;
  }
}
