package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Handler;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.server.BlockServer;
import org.kobako.block.server.BlockServerConfig;
import org.kobako.block.server.MachineReads;
import org.kobako.boot.plan.BootChoice;
import org.kobako.boot.plan.BootFiles;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.Notices;
import org.kobako.caching.proxy.CachingProxy;
import org.kobako.packer.StoreDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a box's files are: in its store, and, if it has upstreams, in a cache of theirs. */
final class BoxFiles {
  private static final Logger LOG = LoggerFactory.getLogger(BoxFiles.class);

  private final Path store;
  private final StoreFiles own;
  private final BootRules rules;
  private final List<ImageName> kept;
  private final Optional<Path> cache;
  private final Optional<CachingProxy> proxy;

  private final Notices notices = new Notices(line -> LOG.warn("box: {}", line));

  BoxFiles(BoxConfig config, BoxSize size) throws IOException {
    this.store = config.store();
    this.own = StoreFiles.in(store);
    this.rules = config.netboot().rules();
    this.kept = config.proxy().map(ProxySettings::kept).orElse(List.of());
    if (config.proxy().isPresent()) {
      var settings = config.proxy().get().on(config, size);
      this.cache = Optional.of(settings.directory());
      this.proxy = Optional.of(new CachingProxy(settings));
    } else {
      this.cache = Optional.empty();
      this.proxy = Optional.empty();
    }
  }

  Optional<CachingProxy> proxy() {
    return proxy;
  }

  /** The folder that the box writes its cache to. */
  Optional<Path> cache() {
    return cache;
  }

  /** The directories that blocks may be in. */
  List<Path> stores() {
    return Stream.concat(Stream.of(store), cache.stream()).toList();
  }

  /**
   * What machines ask for all day: blocks, which are the same everywhere, so that the cache may be
   * asked first, which knows what it has without a look at the disk; and all of the box's own.
   */
  StoreFiles asked() {
    return proxy.map(it -> it.blocks().orElse(own)).orElse(own);
  }

  /** What boots machines and lies in the cache. */
  BootFiles cachedBootFiles() {
    return proxy.map(CachingProxy::bootFiles).orElse(BootFiles.NONE);
  }

  /**
   * Answers every request for a file, from an upstream if need be. After the proxy has started.
   *
   * @param bootFiles those that have nothing to do with upstreams
   * @param reads is told who reads what
   */
  Handler handler(BootFiles bootFiles, MachineReads reads) {
    if (proxy.isEmpty()) {
      return BlockServer.handler(new BlockServerConfig(own, bootFiles, reads));
    }
    Handler here =
        BlockServer.handler(
            new BlockServerConfig(
                asked().orElse(proxy.get().files()), bootFiles.orElse(cachedBootFiles()), reads));
    return proxy.get().handler(own, bootFiles, here);
  }

  /**
   * The images that machines may boot. With upstreams those that the operator names are among them:
   * they come when they are asked for.
   */
  Set<String> bootableImages() {
    Set<String> images = new TreeSet<>();
    currentVersions().keySet().forEach(image -> images.add(image.value()));
    if (proxy.isPresent()) {
      kept.forEach(image -> images.add(image.value()));
      for (BootChoice choice : rules.choices()) {
        choice.image().ifPresent(images::add);
      }
    }
    return images;
  }

  /** Images and their versions; what cannot be read has none. */
  Map<ImageName, Long> currentVersions() {
    Map<ImageName, Long> versions = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    List<Path> stores = new ArrayList<>(stores());
    for (Path directory : stores.reversed()) { // what is packed here goes before
      if (directory.equals(store) || Files.isDirectory(directory.resolve("images"))) {
        try {
          versions.putAll(
              StoreDirectory.open(directory)
                  .currentVersions(problem -> notices.count(problem, problem)));
        } catch (IOException e) {
          String problem = "the images of %s cannot be listed".formatted(directory);
          notices.count(problem, problem + ": " + e.getMessage());
        }
      }
    }
    return versions;
  }
}
