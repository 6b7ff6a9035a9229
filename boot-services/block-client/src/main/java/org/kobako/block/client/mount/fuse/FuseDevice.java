package org.kobako.block.client.mount.fuse;

import java.io.Closeable;
import java.io.IOException;
import org.kobako.block.client.Reply;

/** A mounted {@code /dev/fuse}: whole requests come out, whole answers go in. */
interface FuseDevice extends Closeable {
  /** The device as one thread uses it. */
  Port newPort() throws IOException;

  /** Belongs to one thread; allocates nothing. */
  interface Port {
    /** Instead of a length: the file system is unmounted, nothing more will come. */
    int UNMOUNTED = -1;

    /**
     * Waits for a request.
     *
     * @return its bytes, 0 if there was none after all, or {@link #UNMOUNTED}
     * @throws IOException if the device does not work
     */
    int receive(FuseRequest request) throws IOException;

    /**
     * Sends an answer and behind it the parts of the reply, in one write. That the asker is gone
     * meanwhile is no error.
     *
     * @throws IOException if the kernel does not take it, and hence still waits
     */
    void send(FuseAnswer answer, Reply reply) throws IOException;
  }
}
