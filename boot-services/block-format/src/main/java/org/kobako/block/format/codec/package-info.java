/**
 * Plain blocks to stored blocks and back: {@code none}, {@code zlib}, {@code lzo}, {@code lz4},
 * {@code zstd}.
 *
 * <p>Each codec has a form that calls the platform's own library and a pure-Java form that is safe
 * on every VM and byte order; {@link org.kobako.block.format.codec.Codecs} chooses once at start.
 * Instances belong to one thread.
 */
@NullMarked
package org.kobako.block.format.codec;

import org.jspecify.annotations.NullMarked;
