@NullMarked
package org.kobako.appliance.firmware;

import org.jspecify.annotations.NullMarked;
