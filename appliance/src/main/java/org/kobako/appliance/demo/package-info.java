/**
 * {@code kobako demo}: the main job, end to end, on this machine: a real disk is packed, served by
 * two boxes, attached, mounted and compared, and one of the boxes dies on the way.
 */
@NullMarked
package org.kobako.appliance.demo;

import org.jspecify.annotations.NullMarked;
