/**
 * Kobako commands as processes of their own, for the demo, the benchmarks and the tests: what dies
 * there dies for real.
 */
@NullMarked
package org.kobako.appliance.child;

import org.jspecify.annotations.NullMarked;
