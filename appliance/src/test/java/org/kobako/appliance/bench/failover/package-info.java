@NullMarked
package org.kobako.appliance.bench.failover;

import org.jspecify.annotations.NullMarked;
