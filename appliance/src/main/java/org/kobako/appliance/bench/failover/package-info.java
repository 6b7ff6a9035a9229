/**
 * The suite {@code failover}: readers of an attached image while one of its two boxes fails, again
 * and again, in each of the ways that boxes fail.
 *
 * <pre>
 * kobako-PID-wire          kobako-PID-box1, kobako-PID-box2
 *   switch -- box1 -100M-- eth0: kobako serve, a relay beside it, a store of its own
 *          -- box2 -100M-- eth0
 *          -- machine ---- eth0: kobako attach, by FUSE     kobako-PID-machine
 * </pre>
 *
 * Boxes, relays and attach are processes of their own. Threads here: the one that plays the faults,
 * "failover-reader-NAME" for each reader, "failover-traffic".
 */
@NullMarked
package org.kobako.appliance.bench.failover;

import org.jspecify.annotations.NullMarked;
