/** A running box: its configuration, its one Jetty, and the order of start and stop. */
@NullMarked
package org.kobako.appliance.box;

import org.jspecify.annotations.NullMarked;
