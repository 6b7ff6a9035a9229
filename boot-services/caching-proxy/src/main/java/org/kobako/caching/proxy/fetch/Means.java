package org.kobako.caching.proxy.fetch;

import java.util.concurrent.Executor;
import org.eclipse.jetty.client.HttpClient;
import org.kobako.block.format.IndexTrust;
import org.kobako.boot.plan.Notices;
import org.kobako.caching.proxy.disk.Cache;

/**
 * What a fetch works with.
 *
 * @param trust decides which indexes are passed on
 * @param buffers for blocks on their way
 * @param writer keeps blocks, one after the other; refuses when too many wait
 * @param via names this box to upstreams (RFC 9110 section 7.6.3)
 */
record Means(
    HttpClient client,
    Upstreams upstreams,
    Cache cache,
    IndexTrust trust,
    BlockBuffers buffers,
    Executor writer,
    Notices notices,
    Counters counters,
    String via) {}
