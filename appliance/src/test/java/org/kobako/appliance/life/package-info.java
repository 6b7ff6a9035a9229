@NullMarked
package org.kobako.appliance.life;

import org.jspecify.annotations.NullMarked;
