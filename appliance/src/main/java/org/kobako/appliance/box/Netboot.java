package org.kobako.appliance.box;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
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

  private final BootFiles bootFiles;
  private final List<Part> parts;
  private final String sentence;

  private Netboot(BootFiles bootFiles, List<Part> parts, String sentence) {
    this.bootFiles = bootFiles;
    this.parts = parts;
    this.sentence = sentence;
  }

  /**
   * Takes the ports.
   *
   * @throws IOException if the box must boot machines and cannot, with what to do
   */
  static Netboot bind(BoxConfig config, int httpPort) throws IOException {
    NetbootConfig netboot = config.netboot();
    BootFiles folder = new BootDirectory(config.bootFiles());
    if (config.http().isLoopback() && netboot.wanted() != NetbootConfig.Wanted.YES) {
      return new Netboot(folder, List.of(), "");
    }
    return switch (BoxNetwork.choose(
        BoxNetwork.ofThisMachine(), netboot.interfaceName(), config.http().listen())) {
      case BoxNetwork.Choice.None none -> off(netboot.wanted(), folder, none.why());
      case BoxNetwork.Choice.Found found -> {
        BoxNetwork network = found.network();
        Function<Inet4Address, BootPlanner> planners =
            address -> new BootPlanner(netboot.rules(), new BoxAddress(address, httpPort));
        MachinesSeen seen = new MachinesSeen();
        BootFiles files =
            new GeneratedFiles(
                    planners.apply(network.address()), seen, () -> images(config.store()))
                .orElse(folder);
        yield netboot.wanted() == NetbootConfig.Wanted.NO
            ? off(netboot.wanted(), files, "")
            : on(config, network, planners, seen, files);
      }
    };
  }

  /** Every part, in the order of a boot. */
  private static Netboot on(
      BoxConfig config,
      BoxNetwork network,
      Function<Inet4Address, BootPlanner> planners,
      MachinesSeen seen,
      BootFiles files)
      throws IOException {
    TftpServer tftp = new TftpServer(config.netboot().tftp().on(network.address()), files);
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("tftp", tftp::bind, tftp::start, tftp::close));
    if (config.netboot().dhcp().mode().isPresent()) {
      DhcpServer dhcp = dhcp(config, network, planners, seen);
      Part.Step bind =
          () -> {
            StateDirectory.make(config);
            dhcp.bind();
          };
      parts.add(new Part("dhcp", bind, dhcp::start, dhcp::close));
    }
    Netboot bound = new Netboot(files, new ArrayList<>(), "boots machines on " + network);
    try {
      for (Part part : parts) {
        bound.parts.add(part);
        part.bind().run();
      }
      return bound;
    } catch (IOException e) {
      bound.close();
      return off(config.netboot().wanted(), files, String.valueOf(e.getMessage()));
    }
  }

  private static DhcpServer dhcp(
      BoxConfig config,
      BoxNetwork network,
      Function<Inet4Address, BootPlanner> planners,
      MachinesSeen seen)
      throws IOException {
    return new DhcpServer(
        config
            .netboot()
            .dhcp()
            .on(
                network.interfaceName(),
                network.address(),
                network.prefixBits(),
                StateDirectory.leases(config)),
        planners,
        seen::saw);
  }

  /** Goes on without, where that is allowed. */
  private static Netboot off(NetbootConfig.Wanted wanted, BootFiles files, String why)
      throws IOException {
    return switch (wanted) {
      case YES -> throw new IOException("the box cannot boot machines: " + why);
      case IF_POSSIBLE -> new Netboot(files, List.of(), "boots no machines: " + why);
      case NO -> new Netboot(files, List.of(), "");
    };
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

  BootFiles bootFiles() {
    return bootFiles;
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
