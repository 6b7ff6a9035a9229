/**
 * From an upstream to the machines that ask, and into the cache: one fetch for each file, followed
 * by all who want it.
 *
 * <p>A fetch asks an upstream, then the next ({@link org.kobako.caching.proxy.fetch.Fetch}); its
 * bytes lie in a {@link org.kobako.caching.proxy.fetch.Spool} while they come; each machine takes
 * them at its own pace ({@link org.kobako.caching.proxy.fetch.Follower}). Threads: those of Jetty's
 * client, and the server's; none waits for a machine or an upstream.
 */
@NullMarked
package org.kobako.caching.proxy.fetch;

import org.jspecify.annotations.NullMarked;
