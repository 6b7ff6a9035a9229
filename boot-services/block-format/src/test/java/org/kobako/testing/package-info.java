/** Fixtures that the tests of several modules share: disks, stores made by hand, foreign peers. */
@NullMarked
package org.kobako.testing;

import org.jspecify.annotations.NullMarked;
