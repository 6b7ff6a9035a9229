/**
 * What a box says of itself at {@code /status}: values, and their JSON. Whoever finds them out is
 * in the box.
 */
@NullMarked
package org.kobako.appliance.status;

import org.jspecify.annotations.NullMarked;
