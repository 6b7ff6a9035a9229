/**
 * Serves a store and boot files over plain HTTP/1.1, bytes as they lie: a Jetty handler.
 *
 * <p>Stage: between the store's directory and the machines. A request goes {@link
 * org.kobako.block.server.RequestTarget} (which file, if any), {@link
 * org.kobako.block.server.ServedFile} (open it), {@link org.kobako.block.server.ResponsePlan}
 * (decide what to answer), {@link org.kobako.block.server.BodySender} (send it). The first and the
 * third are pure. Neighbours: block-format, which says what paths a store has, and boot-plan, which
 * names boot files and makes those for one machine. Threads: Jetty's; none waits for a slow reader.
 *
 * <p>A machine's own requests take a short way past Jetty's handlers, through the same pieces:
 * {@link org.kobako.block.server.SimpleRequest}, {@link org.kobako.block.server.StoreConnection}.
 *
 * <p>Before any of that stands the {@link org.kobako.block.server.Crowd}: which connections are
 * served, which wait, and which are too slow to be served on.
 *
 * <p>Why not Jetty's {@code ResourceHandler}: it answers from a content cache in memory, lists
 * directories, and follows what the filesystem offers instead of what a store has.
 */
@NullMarked
package org.kobako.block.server;

import org.jspecify.annotations.NullMarked;
