@NullMarked
package org.kobako.appliance.bench.lab;

import org.jspecify.annotations.NullMarked;
