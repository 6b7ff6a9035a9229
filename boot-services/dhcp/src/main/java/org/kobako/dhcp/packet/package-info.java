/**
 * Messages of DHCP on the wire (RFC 2131, 2132, 3396): the first and the last stage of an exchange.
 *
 * <p>{@link org.kobako.dhcp.packet.DhcpPacket} reads a request where it lies, {@link
 * org.kobako.dhcp.packet.ReplyWriter} writes the reply. Neither knows who gets which address.
 */
@NullMarked
package org.kobako.dhcp.packet;

import org.jspecify.annotations.NullMarked;
