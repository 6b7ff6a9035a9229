/**
 * Who has which address: in memory ({@link org.kobako.dhcp.lease.LeaseTable}) and on the disk
 * ({@link org.kobako.dhcp.lease.LeaseLog}), kept together by {@link
 * org.kobako.dhcp.lease.GroupCommit}. Knows no rule of who should have one.
 *
 * <p>Threads: the table is guarded by the service; {@code dhcp-leases} alone writes the file.
 */
@NullMarked
package org.kobako.dhcp.lease;

import org.jspecify.annotations.NullMarked;
