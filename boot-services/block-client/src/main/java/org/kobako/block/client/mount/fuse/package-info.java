/**
 * FUSE, spoken directly on {@code /dev/fuse}: a {@link org.kobako.block.client.Disk} as the
 * read-only file {@code DIR/NAME}, ready for {@code mount -o loop}.
 *
 * <p>Path of a request: {@code FuseDevice} (bytes from the kernel) -> {@code FuseRequest}
 * (flyweight) -> {@code FuseFiles} (what the file system answers) -> {@code FuseAnswer} and the
 * reply's parts, in one gathering write. {@code FuseMount} is the entry.
 *
 * <p>Threads: so many {@code fuse-NAME-N} as the config says, each with a request, an answer and a
 * reply of its own; they share nothing that is written after the start but the log of faults. They
 * end when the kernel says that the file system is unmounted.
 *
 * <p>A process must not depend on what it serves: its JDK, jars and swap lie elsewhere (in the
 * initramfs), and it never maps its own file into memory. A page fault that waits for one of these
 * threads keeps the VM from the safepoint that the thread may be waiting for.
 *
 * <p>A killed process leaves a mount whose every use gives ENOTCONN; {@code umount -l DIR} (or
 * {@code fusermount3 -u -z DIR}), or the next mount at that place, clears it. No reboot is needed.
 */
@NullMarked
package org.kobako.block.client.mount.fuse;

import org.jspecify.annotations.NullMarked;
