/**
 * Turns a disk into a signed block index and stored blocks, and keeps a store: pack, list, verify,
 * unpack, gc.
 *
 * <p>Stage: before all others, where images are made. {@link org.kobako.packer.ImagePacker} writes
 * what block-format describes; {@link org.kobako.packer.StoreDirectory} is the store as every tool
 * sees it. Neighbours: block-format alone.
 *
 * <p>Threads: the caller reads and reports progress, one worker per core compresses or verifies
 * ({@code pack-N}, {@code verify-N}, {@code unpack-N}), all ended before a call returns. Any method
 * may be killed at any moment; what it leaves in a store the next pack or gc removes.
 */
@NullMarked
package org.kobako.packer;

import org.jspecify.annotations.NullMarked;
