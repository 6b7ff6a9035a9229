/**
 * Stage 1 of the read path: a {@link org.kobako.block.client.Disk} as a file (FUSE) or as an NBD
 * export. Protocol only; knows nothing of blocks, caches or networks.
 */
@NullMarked
package org.kobako.block.client.mount;

import org.jspecify.annotations.NullMarked;
