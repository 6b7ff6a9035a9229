@NullMarked
package org.kobako.appliance.bench.storm;

import org.jspecify.annotations.NullMarked;
