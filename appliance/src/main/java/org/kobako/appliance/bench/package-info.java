/**
 * {@code kobako bench}: what the READMEs claim, measured here and now. The suite {@code read}
 * collects rows against peers, and each part's own benchmark lives beside the code that it
 * measures; the suites {@code failover} and {@code storm} are packages of their own.
 */
@NullMarked
package org.kobako.appliance.bench;

import org.jspecify.annotations.NullMarked;
