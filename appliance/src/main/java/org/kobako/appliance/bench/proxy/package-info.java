/**
 * The suite {@code proxy}: a box as a cache of another store, beside nginx and squid in its place.
 *
 * <p>{@link org.kobako.appliance.bench.proxy.Origin} is the store behind all of them, {@link
 * org.kobako.appliance.bench.proxy.Contender} one of them, {@link
 * org.kobako.appliance.bench.proxy.Askers} the machines before it.
 */
@NullMarked
package org.kobako.appliance.bench.proxy;

import org.jspecify.annotations.NullMarked;
