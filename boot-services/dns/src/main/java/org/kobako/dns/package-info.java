/**
 * Tells machines which box to go to, and everything else by asking others.
 *
 * <p>Stage: between an address and the first block. A question goes to {@link
 * org.kobako.dns.BootZone}, if it is about a name of the room, whose answer {@code balance} orders.
 */
@NullMarked
package org.kobako.dns;

import org.jspecify.annotations.NullMarked;
