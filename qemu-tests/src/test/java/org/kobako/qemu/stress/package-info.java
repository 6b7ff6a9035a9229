/**
 * What the VM of a runtime must be able to do, as programs that run on it: {@link
 * org.kobako.qemu.stress.Stress} is the one with a {@code main}.
 *
 * <p>They are started under an emulator by {@link org.kobako.qemu.RuntimeInteropTest} and see
 * nothing but the JDK's java.base, so that the smallest runtime runs them. Each check prints one
 * line and says what it found; threads end with their check.
 */
@NullMarked
package org.kobako.qemu.stress;

import org.jspecify.annotations.NullMarked;
