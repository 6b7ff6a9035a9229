/**
 * Measures parts of the read path against C programs that do the same, in processes of their own
 * and by turns. Nothing here takes part in a boot.
 */
@NullMarked
package org.kobako.block.client.bench;

import org.jspecify.annotations.NullMarked;
