/**
 * What a machine boots: from who it is and the operator's rules to a plan, by pure functions.
 *
 * <p>Stage: behind DHCP, TFTP and HTTP, which ask here what to tell a machine. {@link
 * org.kobako.boot.plan.Machine} says who asks, {@link org.kobako.boot.plan.BootPlanner#firstFile}
 * what its firmware is to load, {@link org.kobako.boot.plan.BootPlanner#plan} the kernel, command
 * line and image that follow, and {@link org.kobako.boot.plan.GeneratedFiles} puts that into the
 * words of iPXE and U-Boot. Neighbours: none of ours. Threads: those of the callers.
 */
@NullMarked
package org.kobako.boot.plan;

import org.jspecify.annotations.NullMarked;
