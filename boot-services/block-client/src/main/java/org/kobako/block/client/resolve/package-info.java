/**
 * Names of upstreams to addresses, by asking DNS servers itself: the JDK tells no time to live, and
 * C libraries sort what a balancing DNS has put in order.
 *
 * <p>Blocking, on the caller's thread; the read path never waits for it.
 */
@NullMarked
package org.kobako.block.client.resolve;

import org.jspecify.annotations.NullMarked;
