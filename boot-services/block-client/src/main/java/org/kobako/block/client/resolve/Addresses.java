package org.kobako.block.client.resolve;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a name stands for.
 *
 * @param inOrder as the DNS prefers them; empty where it says that there are none
 * @param goodFor when the DNS wants to be asked again
 */
public record Addresses(List<InetAddress> inOrder, Duration goodFor) {}
