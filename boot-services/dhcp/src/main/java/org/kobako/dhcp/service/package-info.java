/**
 * The decisions: from a request to an {@link org.kobako.dhcp.service.Answer}, without sockets and
 * files.
 *
 * <p>{@link org.kobako.dhcp.service.LeaseService} gives addresses and boot files, {@link
 * org.kobako.dhcp.service.ProxyService} boot files only. Threads: any; the lease service guards
 * itself.
 */
@NullMarked
package org.kobako.dhcp.service;

import org.jspecify.annotations.NullMarked;
