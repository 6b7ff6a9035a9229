/**
 * Shows a {@link org.kobako.block.client.Disk} as a read-only NBD export, over TCP or a unix
 * socket, to {@code nbd-client}, QEMU, nbdcopy and their like.
 *
 * <p>Stage 1 of the read path; its neighbour is the disk, nothing else. The wire is that of the NBD
 * project's <a
 * href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">doc/proto.md</a>, whose
 * section names the comments here use. The parts, in the order a connection meets them: {@link
 * org.kobako.block.client.mount.nbd.NbdServer} accepts, {@code Negotiation} agrees on options,
 * {@code RequestDecoder} finds requests, {@code Answerer} reads the disk and {@code Outlet} sends.
 * Negotiation and decoder are pure: bytes in, bytes and a verdict out.
 *
 * <p>Threads: {@code nbd-listener} accepts and ends handshakes that take too long; one {@code
 * nbd-connection-N} per connection reads its requests and answers at once what lies in memory;
 * {@code nbd-worker-N}, a bounded number for all connections, answer what has to wait for the
 * network, so that one slow block holds nobody else. Where no worker is free the connection's own
 * thread answers: nothing is queued, and a client that never reads its replies can only stop
 * itself. All end with {@link org.kobako.block.client.mount.nbd.NbdServer#close}.
 */
@NullMarked
package org.kobako.block.client.mount.nbd;

import org.jspecify.annotations.NullMarked;
