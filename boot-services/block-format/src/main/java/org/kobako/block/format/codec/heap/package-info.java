/**
 * LZO1X, LZ4 and Zstandard in Java over arrays, with no dependence on the machine: no {@code
 * Unsafe}, no view of an array as longer words, no byte order.
 *
 * <p>Stage: below {@link org.kobako.block.format.codec}, which copies blocks in and out. Written
 * from the formats' descriptions. Instances belong to one thread and allocate nothing after they
 * are made.
 */
@NullMarked
package org.kobako.block.format.codec.heap;

import org.jspecify.annotations.NullMarked;
