/**
 * Stage 4 of the read path: stored blocks over HTTP/1.1 from whichever upstream answers.
 *
 * <p>The HTTP client is our own because it is measured to be better where it matters: body straight
 * into off-heap staging, 0 bytes allocated per block, a third of the CPU time of the next best
 * (Jetty's client, java.net.http).
 */
@NullMarked
package org.kobako.block.client.fetch;

import org.jspecify.annotations.NullMarked;
