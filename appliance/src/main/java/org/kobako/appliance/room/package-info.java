/**
 * A box among others: what it says of itself, whom it counts on, and where it sends machines. Joins
 * the heartbeat and the DNS, which do not know of each other.
 */
@NullMarked
package org.kobako.appliance.room;

import org.jspecify.annotations.NullMarked;
