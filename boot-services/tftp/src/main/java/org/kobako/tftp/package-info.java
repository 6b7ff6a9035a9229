/**
 * Hands boot files to machines over TFTP, read-only (RFC 1350, 2347, 2348, 2349, 7440), on Apache
 * MINA.
 *
 * <p>Stage: after DHCP, before anything that can speak HTTP. A datagram to the request port goes
 * {@link org.kobako.tftp.Request} (what is asked, if anything), {@link org.kobako.tftp.Terms} (what
 * we agree to), {@link org.kobako.tftp.Transfers} (whether there is room), {@link
 * org.kobako.tftp.Transfer} (which packet comes next), and {@link org.kobako.tftp.TransferPort}
 * (the file, the buffer, the socket). {@link org.kobako.tftp.Packet} is the wire; {@link
 * org.kobako.tftp.TftpHandler} is all that knows MINA. Neighbours: boot-plan, whose {@code
 * BootFiles} are the jail. Threads: {@code tftp} receives and sends, {@code tftp-clock} wakes
 * transfers that wait; both hold the monitor of {@link org.kobako.tftp.Transfers}.
 *
 * <p>Bounds: every port that a transfer may use is bound at {@code bind()}, one for each transfer
 * that may run, so a request opens nothing but its file, needs no privilege, and cannot fail for
 * want of a port. A transfer holds one packet's buffer and never more of its file. Before its first
 * ACK it sends at most three packets and may be dropped for a newer one, so a flood of forged
 * requests is neither amplified much nor keeps a machine out that answers.
 *
 * <p>Why no netascii: it changes the bytes of a kernel, and no firmware asks for it; it is refused
 * with a sentence that says what to ask. Why one thread: a packet is one read and one send; a disk
 * slow enough to be felt is slow for all transfers anyway.
 */
@NullMarked
package org.kobako.tftp;

import org.jspecify.annotations.NullMarked;
