/** What the command line asks of a box over HTTP, beside the reads of machines. */
@NullMarked
package org.kobako.appliance.remote;

import org.jspecify.annotations.NullMarked;
