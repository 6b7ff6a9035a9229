/**
 * Turns a disk into a signed block index and stored blocks, and keeps a store: pack, list, verify,
 * unpack, gc.
 *
 * <p>Neighbours: block-format. Threads: one reader, one worker per core, all ended before a call
 * returns.
 */
@NullMarked
package org.kobako.packer;

import org.jspecify.annotations.NullMarked;
