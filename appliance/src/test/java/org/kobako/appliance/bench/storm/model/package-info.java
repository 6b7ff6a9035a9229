@NullMarked
package org.kobako.appliance.bench.storm.model;

import org.jspecify.annotations.NullMarked;
