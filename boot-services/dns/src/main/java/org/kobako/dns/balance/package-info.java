/**
 * Which box a name leads to, without a socket: the formula of DNS-Balance, its policies, ranges of
 * machines, and boxes that are drained.
 */
@NullMarked
package org.kobako.dns.balance;

import org.jspecify.annotations.NullMarked;
