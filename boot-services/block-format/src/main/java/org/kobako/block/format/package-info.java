/**
 * The bytes that every hop of the read path agrees on: block index, stored blocks, store layout.
 *
 * <p>Stage: below all others. The packer writes what is described here, a box serves it as it lies,
 * a machine reads it. The layouts stand in FORMAT.md beside this module; neighbours are {@link
 * org.kobako.block.format.codec} (plain to stored and back), {@link org.kobako.block.format.digest}
 * (names and verification) and {@link org.kobako.block.format.foreign} (the platform's libraries).
 *
 * <p>Trust stages are types: a {@link FetchedBlock} becomes a {@link VerifiedBlock} or an
 * exception, and only a verified block reaches a codec. The only thread started here is {@code
 * foreign-context-cleaner}, a daemon that gives back what libraries made for objects long gone.
 */
@NullMarked
package org.kobako.block.format;

import org.jspecify.annotations.NullMarked;
