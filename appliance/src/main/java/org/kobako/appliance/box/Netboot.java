package org.kobako.appliance.box;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.status.ServiceStatus;
import org.kobako.block.format.ImageName;
import org.kobako.boot.plan.BootFiles;
import org.kobako.boot.plan.BootPlanner;
import org.kobako.boot.plan.BoxAddress;
import org.kobako.boot.plan.GeneratedFiles;
import org.kobako.boot.plan.MachinesSeen;
import org.kobako.dhcp.DhcpServer;
import org.kobako.packer.StoreDirectory;
import org.kobako.tftp.TftpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a box does for machines without a disk: DHCP and TFTP, and the boot files of all three. */
final class Netboot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Netboot.class);

  private static final String TFTP = "tftp";
  private static final String DHCP = "dhcp";

  private final BootFiles bootFiles;
  private final MachinesSeen seen;
  private final List<Part> parts = new ArrayList<>();
  private final List<ServiceStatus> servicesOff = new ArrayList<>();
  private final Optional<BoxNetwork> network;
  private final String sentence;

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
      BoxConfig config, int httpPort, CheckFile checkFile, Optional<Firmware> firmware)
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
        Function<Inet4Address, BootPlanner> planners =
            address -> new BootPlanner(netboot.rules(), new BoxAddress(address, httpPort));
        BootFiles files =
            new GeneratedFiles(
                    planners.apply(network.address()), seen, () -> images(config.store()))
                .orElse(folder);
        yield netboot.wanted() == NetbootConfig.Wanted.NO
            ? off(netboot.wanted(), files, seen, "netboot is false")
            : on(config, network, planners, seen, files, checkFile, firmware);
      }
    };
  }

  /** Every part, in the order of a boot. */
  private static Netboot on(
      BoxConfig config,
      BoxNetwork network,
      Function<Inet4Address, BootPlanner> planners,
      MachinesSeen seen,
      BootFiles files,
      CheckFile checkFile,
      Optional<Firmware> firmware)
      throws IOException {
    List<Part> parts = new ArrayList<>();
    boolean givesNames = config.netboot().dhcp().mode().isPresent();
    try {
      TftpServer tftp = new TftpServer(config.netboot().tftp().on(network.address()), files);
      Part.Step check = () -> tftp.check(CheckFile.NAME, checkFile.content());
      parts.add(new Part(TFTP, tftp::bind, tftp::start, check, tftp::close));
      if (givesNames) {
        DhcpServer dhcp = dhcp(config, network, planners, seen, firmware);
        Part.Step bind =
            () -> {
              StateDirectory.make(config);
              dhcp.bind();
            };
        parts.add(new Part(DHCP, bind, dhcp::start, dhcp::check, dhcp::close));
      }
    } catch (IllegalArgumentException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
    Netboot bound = new Netboot(files, seen, Optional.of(network), "boots machines on " + network);
    if (!givesNames) {
      bound.servicesOff.add(ServiceStatus.off(DHCP, "dhcp.mode is off"));
    }
    try {
      for (Part part : parts) {
        bound.parts.add(part);
        part.bind().run();
      }
      return bound;
    } catch (IOException e) {
      bound.close();
      return off(config.netboot().wanted(), files, seen, String.valueOf(e.getMessage()));
    }
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
    if (firmware.isPresent() && uplink.isPresent()) {
      dhcp.assumeUplink(uplink.get(), firmware.get()::uplinkResolvers);
    }
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
    return netboot;
  }

  /** For a machine that asks now; a store that cannot be listed has none. */
  private static Collection<String> images(Path store) {
    try {
      return StoreDirectory.open(store).images().stream().map(ImageName::value).toList();
    } catch (IOException e) {
      LOG.warn("netboot: the images of {} cannot be listed: {}", store, e.getMessage());
      return List.of();
    }
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
