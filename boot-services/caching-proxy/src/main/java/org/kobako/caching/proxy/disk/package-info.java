/**
 * What a proxy keeps: a directory of verified files, within a quota, and which of them go when it
 * is full.
 *
 * <p>Stage: behind every answer. Threads: all of the proxy's; one of its own takes in what an
 * earlier process has left.
 */
@NullMarked
package org.kobako.caching.proxy.disk;

import org.jspecify.annotations.NullMarked;
