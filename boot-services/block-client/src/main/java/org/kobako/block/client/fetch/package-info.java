/** Stage 4 of the read path: stored blocks over HTTP/1.1 from whichever upstream answers. */
@NullMarked
package org.kobako.block.client.fetch;

import org.jspecify.annotations.NullMarked;
