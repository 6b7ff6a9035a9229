/** Command lines from the first word to the exit code, in this process and through the launcher. */
@NullMarked
package org.kobako.appliance;

import org.jspecify.annotations.NullMarked;
