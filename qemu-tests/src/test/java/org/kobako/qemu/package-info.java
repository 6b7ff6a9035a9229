/**
 * Whole machines, from power-on to a login prompt, booted by whole boxes over a real network: real
 * machine firmware under QEMU, real kernels, a real Debian as the root disk.
 *
 * <p>{@link org.kobako.qemu.Network} is the cable between them, {@link org.kobako.qemu.Vm} a
 * machine, {@link org.kobako.qemu.SerialConsole} what it says and is told. Neighbours: sees
 * everything of ours, is seen by nothing. Threads: one per console that reads it.
 */
@NullMarked
package org.kobako.qemu;

import org.jspecify.annotations.NullMarked;
