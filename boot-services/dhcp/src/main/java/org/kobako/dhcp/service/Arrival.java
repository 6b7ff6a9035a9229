package org.kobako.dhcp.service;

import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

/**
 * How a request reached the box.
 *
 * @param box the box's own address on the interface that it came over; its server identifier there
 * @param link that interface's subnet
 * @param toBoxAlone whether it was sent to the box's address and not to everybody, so that no other
 *     box has heard it
 */
public record Arrival(Ipv4Address box, Subnet link, boolean toBoxAlone) {}
