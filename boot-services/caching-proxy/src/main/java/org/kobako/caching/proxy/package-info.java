/**
 * A box without an image becomes one with it, by being asked: a cache of other stores, as a Jetty
 * handler.
 *
 * <p>Stage: before the block server, for what that has not. A request goes {@link
 * org.kobako.caching.proxy.Target} (which file, if any), {@link
 * org.kobako.caching.proxy.ProxyHandler} (here and good, or to be fetched), {@link
 * org.kobako.caching.proxy.fetch.Fetches} (from an upstream, for all who ask at once). What was
 * verified is kept ({@link org.kobako.caching.proxy.disk.Cache}), and served the next time as the
 * store's own files are. Neighbours: block-format and boot-plan, which name what there can be.
 */
@NullMarked
package org.kobako.caching.proxy;

import org.jspecify.annotations.NullMarked;
