package org.kobako.dns.balance;

import java.net.InetAddress;

/**
 * One of a machine's attachments, which has a name of its own: {@code disk1.boot.kobako}.
 *
 * @param machine who asks
 * @param number 1 for the first
 */
public record Disk(InetAddress machine, int number) {}
