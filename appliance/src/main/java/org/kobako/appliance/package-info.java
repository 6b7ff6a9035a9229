/**
 * The composition root: command line, configuration, one Jetty, start and stop in order.
 *
 * <p>Sees every service; no service sees it.
 */
@NullMarked
package org.kobako.appliance;

import org.jspecify.annotations.NullMarked;
