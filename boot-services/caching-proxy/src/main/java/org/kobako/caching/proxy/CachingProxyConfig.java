package org.kobako.caching.proxy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;

/**
 * What a caching proxy is told, concluded when it is made.
 *
 * @param directory of the cache; made if it is not there
 * @param upstreams the stores that it fetches from, and no others: {@code http://} URLs, each with
 *     a slash at its end
 * @param quotaBytes of the disk that it may take
 * @param trust decides which indexes it passes on
 * @param kept images that are fetched ahead, and stay
 * @param aheadBytesPerSecond the most that is fetched ahead
 * @param size bounds what it takes of the machine
 */
public record CachingProxyConfig(
    Path directory,
    List<URI> upstreams,
    long quotaBytes,
    IndexTrust trust,
    List<ImageName> kept,
    long aheadBytesPerSecond,
    Size size) {
  public static final long DEFAULT_AHEAD_BYTES_PER_SECOND = 4L << 20;

  /**
   * What it takes of the machine, beside the disk.
   *
   * @param threads for requests to upstreams
   * @param maxFetches at one time, of up to a block of memory each
   * @param maxConnections to each upstream; a box serves 16 of one machine at a time
   * @param maxBlocks in the cache: 24 bytes of heap each
   */
  public record Size(int threads, int maxFetches, int maxConnections, int maxBlocks) {
    /** For a machine of 64 MB. */
    public static final Size SMALL = new Size(4, 32, 8, 1 << 16);

    public static final Size USUAL = new Size(8, 256, 16, 1 << 18);
  }

  public CachingProxyConfig {
    upstreams = List.copyOf(upstreams);
    kept = List.copyOf(kept);
    for (URI upstream : upstreams) {
      if (!"http".equals(upstream.getScheme())
          || upstream.getHost() == null
          || !upstream.getPath().endsWith("/")) {
        throw new IllegalArgumentException(
            "upstream " + upstream + " is refused: write http://192.168.7.2:8080/");
      }
    }
  }
}
