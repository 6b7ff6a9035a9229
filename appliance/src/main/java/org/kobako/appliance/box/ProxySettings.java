package org.kobako.appliance.box;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.TrustKey;
import org.kobako.caching.proxy.CachingProxyConfig;

/**
 * Which other stores a box fetches from, and what it keeps of them.
 *
 * @param upstreams URLs, each with a slash at its end
 * @param directory of the cache; empty for {@code cache} in the state folder
 * @param quotaBytes of the disk
 * @param trust who must have signed indexes; empty for anyone
 * @param kept images that are fetched ahead, and stay
 * @param aheadBytesPerSecond the most that is fetched ahead
 */
public record ProxySettings(
    List<URI> upstreams,
    Optional<Path> directory,
    long quotaBytes,
    Optional<TrustKey> trust,
    List<ImageName> kept,
    long aheadBytesPerSecond) {
  public static final long DEFAULT_QUOTA_BYTES = 4L << 30;

  private static final String DIRECTORY = "cache";

  public ProxySettings {
    upstreams = List.copyOf(upstreams);
    kept = List.copyOf(kept);
  }

  CachingProxyConfig on(BoxConfig box, BoxSize size) throws IOException {
    Path usual = StateDirectory.of(box).resolve(DIRECTORY);
    return new CachingProxyConfig(
        directory.orElse(usual),
        upstreams,
        quotaBytes,
        trust.<IndexTrust>map(IndexTrust.SignedBy::new).orElseGet(IndexTrust.Anyone::new),
        kept,
        aheadBytesPerSecond,
        size == BoxSize.SMALL ? CachingProxyConfig.Size.SMALL : CachingProxyConfig.Size.USUAL);
  }
}
