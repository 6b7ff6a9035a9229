package org.kobako.appliance.box;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.room.BoxRoom;
import org.kobako.appliance.room.RoomConfig;
import org.kobako.appliance.room.RoomConfig.Dns.Wanted;
import org.kobako.appliance.status.ServiceStatus;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.format.ImageName;
import org.kobako.boot.plan.BootFiles;
import org.kobako.boot.plan.BootPlanner;
import org.kobako.boot.plan.BoxAddress;
import org.kobako.boot.plan.GeneratedFiles;
import org.kobako.boot.plan.MachinesSeen;
import org.kobako.boot.plan.RoomNames;
import org.kobako.dhcp.DhcpServer;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dns.DnsConfig;
import org.kobako.heartbeat.Report;
import org.kobako.tftp.TftpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a box does for machines without a disk: DHCP, TFTP, DNS and the heartbeat, and the boot
 * files of the first two and of HTTP.
 */
final class Netboot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Netboot.class);

  private static final String TFTP = "tftp";
  private static final String DHCP = "dhcp";
  private static final String DNS = "dns";
  private static final String HEARTBEAT = "heartbeat";

  private final BootFiles bootFiles;
  private final MachinesSeen seen;
  private final List<Part> parts = new ArrayList<>();
  private final List<ServiceStatus> servicesOff = new ArrayList<>();
  private final Optional<BoxNetwork> network;
  private final String sentence;
  private Optional<BoxRoom> room = Optional.empty();

  private Netboot(
      BootFiles bootFiles, MachinesSeen seen, Optional<BoxNetwork> network, String sentence) {
    this.bootFiles = bootFiles;
    this.seen = seen;
    this.network = network;
    this.sentence = sentence;
  }

  /**
   * Takes the ports.
   *
   * @param firmware what the supervisor of a flashed box knows of its network
   * @throws IOException if the configuration does not fit the network, or the box must boot
   *     machines and cannot, with what to do
   */
  static Netboot bind(
      BoxConfig config,
      BoxFiles boxFiles,
      int httpPort,
      CheckFile checkFile,
      Optional<Firmware> firmware)
      throws IOException {
    NetbootConfig netboot = config.netboot();
    BootFiles folder = checkFile.orElse(new BootDirectory(config.bootFiles()));
    MachinesSeen seen = new MachinesSeen();
    if (config.http().isLoopback() && netboot.wanted() != NetbootConfig.Wanted.YES) {
      return off(
          NetbootConfig.Wanted.NO, folder, seen, "nobody but this machine can reach the box");
    }
    return switch (BoxNetwork.choose(
        BoxNetwork.ofThisMachine(firmware.flatMap(Firmware::uplink)),
        netboot.interfaceName(),
        config.http().listen())) {
      case BoxNetwork.Choice.None none -> off(netboot.wanted(), folder, seen, none.why());
      case BoxNetwork.Choice.Found found -> {
        BoxNetwork network = found.network();
        BoxRoom room = room(config, boxFiles, network, firmware);
        boolean withNames = room.hasKey() && netboot.room().dns().wanted() != Wanted.NO;
        Optional<RoomNames> names =
            withNames
                ? Optional.of(
                    new RoomNames(
                        netboot.room().dns().zone(),
                        netboot.room().dns().port(),
                        room::resolversForMachines))
                : Optional.empty();
        Function<Inet4Address, BootPlanner> planners =
            address -> new BootPlanner(netboot.rules(), new BoxAddress(address, httpPort), names);
        BootFiles files =
            new GeneratedFiles(planners.apply(network.address()), seen, boxFiles::bootableImages)
                .orElse(folder);
        yield netboot.wanted() == NetbootConfig.Wanted.NO
            ? off(netboot.wanted(), files, seen, "netboot is false")
            : on(config, boxFiles, network, room, planners, seen, files, checkFile, firmware);
      }
    };
  }

  private static BoxRoom room(
      BoxConfig config, BoxFiles boxFiles, BoxNetwork network, Optional<Firmware> firmware)
      throws IOException {
    Supplier<List<InetSocketAddress>> resolvers =
        firmware.flatMap(Firmware::uplink).isPresent()
            ? () -> resolversAt(firmware.get().uplinkResolvers())
            : NameServers.ofSystem()::now;
    return new BoxRoom(
        config.netboot().room(),
        new BoxRoom.Place(
            network.interfaceName(), network.address(), config.netboot().dhcp().machines(network)),
        StateDirectory.of(config),
        () -> reported(boxFiles.currentVersions()),
        resolvers);
  }

  private static List<InetSocketAddress> resolversAt(List<Ipv4Address> addresses) {
    return addresses.stream()
        .map(address -> new InetSocketAddress(address.toInet(), DnsConfig.USUAL_PORT))
        .toList();
  }

  /** Every part, in the order of a boot. */
  private static Netboot on(
      BoxConfig config,
      BoxFiles boxFiles,
      BoxNetwork network,
      BoxRoom room,
      Function<Inet4Address, BootPlanner> planners,
      MachinesSeen seen,
      BootFiles files,
      CheckFile checkFile,
      Optional<Firmware> firmware)
      throws IOException {
    Netboot bound = new Netboot(files, seen, Optional.of(network), "boots machines on " + network);
    try {
      boolean givesNames = bound.bindRoom(room, config.netboot().room());
      TftpServer tftp =
          new TftpServer(
              config.netboot().tftp().on(network.address()),
              files.orElse(boxFiles.cachedBootFiles()));
      Part.Step check = () -> tftp.check(CheckFile.NAME, checkFile.content());
      bound.bind(new Part(TFTP, tftp::bind, tftp::start, check, tftp::close));
      if (config.netboot().dhcp().mode().isPresent()) {
        Supplier<List<Ipv4Address>> resolvers =
            givesNames
                ? () -> ofIpv4(room.resolversForMachines())
                : () -> firmware.map(Firmware::uplinkResolvers).orElse(List.of());
        DhcpServer dhcp = dhcp(config, network, planners, seen, firmware);
        dhcp.assumeResolvers(resolvers);
        StateDirectory.make(config);
        bound.bind(new Part(DHCP, dhcp::bind, dhcp::start, dhcp::check, dhcp::close));
      } else {
        bound.servicesOff.add(ServiceStatus.off(DHCP, "dhcp.mode is off"));
      }
      return bound;
    } catch (IllegalArgumentException refused) {
      bound.close();
      throw new IOException(refused.getMessage(), refused);
    } catch (IOException e) {
      bound.close();
      return off(config.netboot().wanted(), files, seen, String.valueOf(e.getMessage()));
    }
  }

  private void bind(Part part) throws IOException {
    parts.add(part);
    part.bind().run();
  }

  /** Answers whether there is a DNS; where there need be none, its port may be another's. */
  private boolean bindRoom(BoxRoom room, RoomConfig config) throws IOException {
    this.room = Optional.of(room);
    if (room.hasKey()) {
      bind(
          new Part(
              HEARTBEAT,
              room::bindHeartbeat,
              room::startHeartbeat,
              room::checkHeartbeat,
              room::closeHeartbeat));
    } else {
      servicesOff.add(ServiceStatus.off(HEARTBEAT, "the room has no key: room.key"));
    }
    if (config.dns().wanted() == Wanted.NO) {
      servicesOff.add(ServiceStatus.off(DNS, "dns.mode is off"));
      return false;
    }
    Part dns = new Part(DNS, room::bindDns, room::startDns, room::checkDns, room::closeDns);
    try {
      dns.bind().run();
      parts.add(dns);
      return true;
    } catch (IOException e) {
      if (config.dns().wanted() == Wanted.YES) {
        throw e;
      }
      LOG.info("{}; goes on without a DNS", e.getMessage());
      servicesOff.add(ServiceStatus.off(DNS, String.valueOf(e.getMessage())));
      return false;
    }
  }

  private static List<Ipv4Address> ofIpv4(List<InetAddress> addresses) {
    return addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .map(address -> Ipv4Address.of((Inet4Address) address))
        .toList();
  }

  private static DhcpServer dhcp(
      BoxConfig config,
      BoxNetwork network,
      Function<Inet4Address, BootPlanner> planners,
      MachinesSeen seen,
      Optional<Firmware> firmware)
      throws IOException {
    Optional<String> uplink = firmware.flatMap(Firmware::uplink);
    DhcpServer dhcp =
        new DhcpServer(
            config.netboot().dhcp().on(network, uplink.isPresent(), StateDirectory.leases(config)),
            planners,
            seen::saw);
    uplink.ifPresent(dhcp::assumeUplink);
    if (firmware.filter(it -> it.isAlone(network.interfaceName())).isPresent()) {
      LOG.info("dhcp: no server answered the box itself on {}", network.interfaceName());
      dhcp.assumeAlone();
    }
    return dhcp;
  }

  /** Goes on without, where that is allowed. */
  private static Netboot off(
      NetbootConfig.Wanted wanted, BootFiles files, MachinesSeen seen, String why)
      throws IOException {
    String sentence =
        switch (wanted) {
          case YES -> throw new IOException("the box cannot boot machines: " + why);
          case IF_POSSIBLE -> "boots no machines: " + why;
          case NO -> "";
        };
    Netboot netboot = new Netboot(files, seen, Optional.empty(), sentence);
    netboot.servicesOff.add(ServiceStatus.off(TFTP, why));
    netboot.servicesOff.add(ServiceStatus.off(DHCP, why));
    netboot.servicesOff.add(ServiceStatus.off(DNS, why));
    netboot.servicesOff.add(ServiceStatus.off(HEARTBEAT, why));
    return netboot;
  }

  /** As the heartbeat says it. */
  private static List<Report.Image> reported(Map<ImageName, Long> versions) {
    return versions.entrySet().stream()
        .map(image -> new Report.Image(image.getKey().value(), image.getValue()))
        .toList();
  }

  /** Its place among other boxes, where it boots machines. */
  Optional<BoxRoom> room() {
    return room;
  }

  /** The box's address on the network where it boots machines. */
  Optional<Inet4Address> address() {
    return network.map(BoxNetwork::address);
  }

  BootFiles bootFiles() {
    return bootFiles;
  }

  List<Part> parts() {
    return parts;
  }

  List<ServiceStatus> servicesOff() {
    return servicesOff;
  }

  int machinesSeen() {
    return seen.count();
  }

  boolean isOn() {
    return !parts.isEmpty();
  }

  void start() throws IOException {
    for (Part part : parts) {
      part.start().run();
    }
  }

  /** Half a sentence; empty where nobody expects it to boot machines. */
  @Override
  public String toString() {
    return sentence;
  }

  /** Ends the parts, the last first, each whatever the others do. */
  @Override
  public void close() {
    for (Part part : parts.reversed()) {
      try {
        part.close().run();
      } catch (IOException | RuntimeException e) {
        LOG.warn("{}: does not end well: {}", part.name(), e.getMessage());
      }
    }
  }
}
