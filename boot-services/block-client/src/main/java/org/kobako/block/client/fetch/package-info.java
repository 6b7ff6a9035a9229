/**
 * Stage 4 of the read path: stored blocks over HTTP/1.1 from whichever upstream answers.
 *
 * <pre>
 * Upstreams.fetch -> choose -> Upstream.fetch -> HttpConnection -> verify ------> VerifiedBlock
 *    ^   names: UpstreamNames       | late: Deadlines                      ^
 *    |   states: UpstreamHealth     \-> Hedger -> another Upstream -> verify -/
 *    \-- Prober: who is well again
 * </pre>
 *
 * <p>A reader waits for no upstream that falls silent: a box may be cut off, frozen, slow or wrong,
 * as long as another is sound.
 *
 * <p>The HTTP client is our own because it is measured to be better where it matters: body straight
 * into off-heap staging, 0 bytes allocated per block, a third of the CPU time of the next best
 * (Jetty's client, java.net.http).
 */
@NullMarked
package org.kobako.block.client.fetch;

import org.jspecify.annotations.NullMarked;
