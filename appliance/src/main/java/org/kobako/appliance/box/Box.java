package org.kobako.appliance.box;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.room.BoxRoom;
import org.kobako.appliance.status.BoxStatus;
import org.kobako.appliance.status.MemoryFigures;
import org.kobako.appliance.status.ServiceStatus;
import org.kobako.caching.proxy.CachingProxy;

/** A running box, from {@link #start} to {@link #close}. */
public final class Box implements AutoCloseable {
  private final long startedNs = System.nanoTime();
  private final Path store;
  private final Installation installation;
  private final BoxFiles files;
  private final BoxHttp http;
  private final String url;
  private final Netboot netboot;
  private final SelfCheck selfCheck;

  private Box(
      Path store,
      Installation installation,
      BoxFiles files,
      BoxHttp http,
      Netboot netboot,
      CheckFile checkFile)
      throws IOException {
    this.store = store;
    this.url = http.url(netboot.address());
    this.installation = installation;
    this.files = files;
    this.http = http;
    this.netboot = netboot;
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
    BoxFiles files = new BoxFiles(config, size);
    BoxHttp http = new BoxHttp(config.http(), files.asked(), size);
    http.bind();
    Netboot netboot = null;
    try {
      if (installation.firmware().isPresent()) {
        installation.firmware().get().awaitAddress();
      }
      netboot = Netboot.bind(config, files, http.port(), checkFile, installation.firmware());
      Box box = new Box(config.store(), installation, files, http, netboot, checkFile);
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
      installation.firmware().ifPresent(it -> handlers.add(new UpdateHandler(it)));
      handlers.add(files.handler(netboot.bootFiles()));
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

  private BoxStatus status() {
    List<ServiceStatus> services = new ArrayList<>(selfCheck.found());
    services.addAll(netboot.servicesOff());
    return new BoxStatus(
        url,
        Duration.ofNanos(System.nanoTime() - startedNs),
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
