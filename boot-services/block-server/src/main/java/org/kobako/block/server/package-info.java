/**
 * Serves a store over plain HTTP/1.1, bytes as they lie: a Jetty handler without state.
 *
 * <p>Stage: between the store's directory and the machines. Neighbours: block-format (which paths a
 * store has). Threads: Jetty's.
 */
@NullMarked
package org.kobako.block.server;

import org.jspecify.annotations.NullMarked;
