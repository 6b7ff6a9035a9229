package org.kobako.appliance.box;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.firmware.AdminSecret;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.life.MachineLines;
import org.kobako.appliance.room.BoxRoom;
import org.kobako.appliance.status.BoxStatus;
import org.kobako.appliance.status.MemoryFigures;
import org.kobako.appliance.status.ServiceStatus;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.server.MachineReads;
import org.kobako.caching.proxy.CachingProxy;

/** A running box, from {@link #start} to {@link #close}. */
public final class Box implements AutoCloseable {
  /** Somebody who uploads and is silent for so long has been killed, or cut off. */
  private static final Duration UPLOAD_SILENCE = Duration.ofSeconds(60);

  private final long startedNs = System.nanoTime();
  private final Path store;
  private final Installation installation;
  private final BoxFiles files;
  private final BoxHttp http;
  private final String url;
  private final Netboot netboot;
  private final SelfCheck selfCheck;
  private final Uploads uploads;

  private Box(
      Path store,
      Installation installation,
      BoxFiles files,
      BoxHttp http,
      Netboot netboot,
      CheckFile checkFile,
      Uploads uploads)
      throws IOException {
    this.store = store;
    this.url = http.url(netboot.address());
    this.installation = installation;
    this.files = files;
    this.http = http;
    this.netboot = netboot;
    this.uploads = uploads;
    List<Part> parts = new ArrayList<>();
    parts.add(http.part(checkFile));
    parts.add(new BlockCheck(files.stores()).part(http));
    parts.addAll(netboot.parts());
    this.selfCheck =
        new SelfCheck(
            parts, SelfCheck.Pace.USUAL, installation.whenSound(), installation.whenStuck());
    netboot.room().ifPresent(room -> room.follow(selfCheck::found, selfCheck::servesBlocks));
  }

  /**
   * Takes every port, gives up root, then serves.
   *
   * @throws IOException if the configuration is refused, or a port cannot be had, with what to do
   */
  public static Box start(BoxConfig config, Installation installation) throws IOException {
    BoxSize size = BoxSize.ofThisVm();
    CheckFile checkFile = CheckFile.make();
    MachineReads reads = new MachineReads(size.maxMachines());
    BoxFiles files = new BoxFiles(config, size);
    BoxHttp http = new BoxHttp(config.http(), files.asked(), reads, size);
    Optional<AdminGate> gate = gate(config, installation.firmware());
    http.bind();
    Netboot netboot = null;
    try {
      if (installation.firmware().isPresent()) {
        installation.firmware().get().awaitAddress();
      }
      netboot = Netboot.bind(config, files, http.port(), checkFile, installation.firmware());
      Box box =
          new Box(config.store(), installation, files, http, netboot, checkFile, uploads(config));
      if (netboot.isOn() || config.user().isPresent() || installation.firmware().isPresent()) {
        List<Path> written = new ArrayList<>(installation.written());
        if (files.cache().isPresent()) {
          written.add(Files.createDirectories(files.cache().get()));
        }
        Privileges.giveUp(config, written);
      }
      if (files.proxy().isPresent()) {
        files.proxy().get().start();
      }
      List<Handler> handlers = new ArrayList<>();
      handlers.add(new StatusHandler(box::status));
      installation
          .firmware()
          .ifPresent(it -> handlers.add(new UpdateHandler(it, gate.orElseThrow())));
      Supplier<MachineLines> machines = () -> MachineLines.of(box.up(), reads.all());
      handlers.add(new MachinesHandler(reads, box::up));
      handlers.add(new ImagesHandler(config.store(), machines));
      gate.ifPresent(it -> handlers.add(new GcHandler(config.store(), it, machines)));
      handlers.add(new UploadHandler(config.store(), gate, box.uploads, size.maxBodies()));
      handlers.add(files.handler(netboot.bootFiles(), reads));
      http.start(new Handler.Sequence(handlers));
      netboot.start();
      files.proxy().ifPresent(it -> it.fetchAhead(URI.create(http.ownUrl())));
      installation.firmware().ifPresent(it -> it.tellUrl(http.ownUrl()));
      box.selfCheck.start();
      return box;
    } catch (IOException | RuntimeException e) {
      close(netboot, http, files);
      throw e;
    }
  }

  /** Read while the box may be root still; empty where nobody may change it from afar. */
  private static Optional<AdminGate> gate(BoxConfig config, Optional<Firmware> firmware)
      throws IOException {
    Optional<Path> file = config.admin().secretFile();
    if (file.isPresent()) {
      return Optional.of(
          new AdminGate(
              AdminSecret.inFile(file.get()),
              "it stands in the file that admin.secret-file in kobako.toml names"));
    }
    return firmware.map(
        it -> new AdminGate(it.secret(), "the box showed it on its console at its first boot"));
  }

  private static Uploads uploads(BoxConfig config) {
    IndexTrust trust =
        config.admin().trust().isPresent()
            ? new IndexTrust.SignedBy(config.admin().trust().get())
            : new IndexTrust.Anyone();
    return new Uploads(config.store(), trust, UPLOAD_SILENCE);
  }

  /** The store that it serves. */
  public Path store() {
    return store;
  }

  /** Where machines on the network reach it: {@code http://192.168.1.2:8080/}. */
  public String url() {
    return url;
  }

  /** What it does for machines without a disk, half a sentence; may be empty. */
  public String netboot() {
    return netboot.toString();
  }

  private Duration up() {
    return Duration.ofNanos(System.nanoTime() - startedNs);
  }

  private BoxStatus status() {
    List<ServiceStatus> services = new ArrayList<>(selfCheck.found());
    services.addAll(netboot.servicesOff());
    return new BoxStatus(
        url,
        up(),
        services,
        installation.config(),
        installation.firmware().map(Firmware::status),
        netboot.room().map(BoxRoom::status),
        files.proxy().map(CachingProxy::status),
        netboot.machinesSeen(),
        MemoryFigures.now());
  }

  /** Lets what is under way end, then gives the ports back. */
  @Override
  public void close() throws IOException {
    selfCheck.close();
    close(netboot, http, files);
    uploads.close();
  }

  private static void close(@Nullable Netboot netboot, BoxHttp http, BoxFiles files)
      throws IOException {
    if (netboot != null) {
      netboot.close();
    }
    http.stop();
    if (files.proxy().isPresent()) {
      files.proxy().get().close();
    }
  }
}
