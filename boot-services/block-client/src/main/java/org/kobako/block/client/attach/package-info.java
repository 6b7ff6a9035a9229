/**
 * The commands {@code attach} and {@code detach}: an image as a disk of this machine, for as long
 * as somebody wants it.
 */
@NullMarked
package org.kobako.block.client.attach;

import org.jspecify.annotations.NullMarked;
