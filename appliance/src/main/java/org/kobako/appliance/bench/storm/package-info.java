/**
 * The suite {@code storm}: machines that are switched on at once, before so many boxes.
 *
 * <pre>
 * kobako-PID-wire          kobako-PID-box1 ...
 *   switch -- box1 -100M-- eth0: kobako serve, or nginx, on a store that all share
 *          -- box2 -100M-- eth0
 *          -- machine ---- eth0: {@link org.kobako.appliance.bench.storm.StandIns}, an address a machine
 * </pre>
 *
 * What a machine asks for is a {@link org.kobako.appliance.bench.storm.BootTrace}, which {@link
 * org.kobako.appliance.bench.storm.TraceFromPackets} made of the packets of a real boot. {@code
 * model} plays the same without a network. Boxes and machines are processes of their own; the
 * machines' has one thread.
 */
@NullMarked
package org.kobako.appliance.bench.storm;

import org.jspecify.annotations.NullMarked;
