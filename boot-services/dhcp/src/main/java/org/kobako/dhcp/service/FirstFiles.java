package org.kobako.dhcp.service;

import org.kobako.boot.plan.FirstFile;
import org.kobako.boot.plan.Machine;
import org.kobako.dhcp.address.Ipv4Address;

/** What boot-plan tells a machine's firmware to load first, from a box that it reaches there. */
@FunctionalInterface
public interface FirstFiles {
  FirstFile firstFile(Machine machine, Ipv4Address box);
}
