/** Stage 3 of the read path: plain blocks in fixed off-heap slots, one fetch for many waiters. */
@NullMarked
package org.kobako.block.client.cache;

import org.jspecify.annotations.NullMarked;
