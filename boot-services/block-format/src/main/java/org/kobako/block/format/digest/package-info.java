/**
 * SHA-256 of stored bytes, which is a block's name: the JDK's own and libcrypto's, chosen once at
 * start by measurement.
 */
@NullMarked
package org.kobako.block.format.digest;

import org.jspecify.annotations.NullMarked;
