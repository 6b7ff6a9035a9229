/**
 * Tells the boxes of a room of each other: once a second each says that it is there, how loaded it
 * is, what it holds and where its DNS sent whom, in one authenticated datagram.
 */
@NullMarked
package org.kobako.heartbeat;

import org.jspecify.annotations.NullMarked;
