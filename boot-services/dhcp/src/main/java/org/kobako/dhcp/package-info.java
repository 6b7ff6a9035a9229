/**
 * Gives machines their addresses and tells their firmware what to load: a DHCP server, or proxyDHCP
 * beside somebody else's, on Apache MINA.
 *
 * <p>Stage: the first of a boot. A request goes {@link org.kobako.dhcp.packet.DhcpPacket} (read and
 * validate), {@link org.kobako.dhcp.identity.FirmwareIdentity} (who asks), {@link
 * org.kobako.dhcp.service.LeaseService} or {@link org.kobako.dhcp.service.ProxyService} (decide),
 * {@link org.kobako.dhcp.lease.GroupCommit} (leases to the disk), and back. Only this package has
 * sockets, and only {@code lease} has a file. Neighbour: boot-plan, which says what a machine
 * boots.
 *
 * <p>Threads: {@code dhcp-INTERFACE} receives, decides and sends; {@code dhcp-leases} writes and
 * then sends what waited for it; {@code dhcp-idle} finds other servers at start and probes
 * addresses later. All end with {@link org.kobako.dhcp.DhcpServer#close}.
 */
@NullMarked
package org.kobako.dhcp;

import org.jspecify.annotations.NullMarked;
