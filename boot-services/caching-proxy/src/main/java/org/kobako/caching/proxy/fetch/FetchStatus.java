package org.kobako.caching.proxy.fetch;

import java.net.URI;
import java.util.List;

/**
 * What was fetched since the start.
 *
 * @param asked requests that were sent to upstreams
 * @param bytes of their bodies
 * @param coalesced requests of machines that were answered with what another had asked for
 * @param unusable answers of upstreams that were wrong or did not come
 */
public record FetchStatus(
    List<OfUpstream> upstreams, long asked, long bytes, long coalesced, long unusable) {
  /**
   * An upstream.
   *
   * @param state HEALTHY, SUSPECT or DOWN
   */
  public record OfUpstream(URI url, String state) {}
}
