/** Measures packing against the tool that a user would take instead. Takes no part in packing. */
@NullMarked
package org.kobako.packer.bench;

import org.jspecify.annotations.NullMarked;
