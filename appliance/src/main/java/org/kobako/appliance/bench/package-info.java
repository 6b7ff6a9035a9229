/**
 * {@code kobako bench}: what the READMEs claim, measured here and now against the peers. Suites
 * collect rows; each part's own benchmark lives beside the code that it measures.
 */
@NullMarked
package org.kobako.appliance.bench;

import org.jspecify.annotations.NullMarked;
