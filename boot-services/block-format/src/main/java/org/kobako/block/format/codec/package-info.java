/**
 * Plain blocks to stored blocks and back: {@code none}, {@code zlib}, {@code lzo}, {@code lz4},
 * {@code zstd}.
 *
 * <p>Each codec has a form that calls the platform's own library ({@code Liblzo2}, {@code Liblz4},
 * {@code Libzstd}) and a form in Java that is safe on every VM and byte order ({@link
 * org.kobako.block.format.codec.heap}); {@link org.kobako.block.format.codec.Codecs} chooses once
 * at start. {@code zlib} is the JDK's, which is native everywhere. Instances belong to one thread.
 */
@NullMarked
package org.kobako.block.format.codec;

import org.jspecify.annotations.NullMarked;
