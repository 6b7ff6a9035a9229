/**
 * Shows a packed image as a disk: the last hop of the boot, on the machine itself.
 *
 * <p>The read path, top to bottom, is {@code ReadPath}; its folders are its stages: {@code mount}
 * (FUSE, NBD), {@code cache}, {@code fetch}. Neighbours: block-format.
 */
@NullMarked
package org.kobako.block.client;

import org.jspecify.annotations.NullMarked;
