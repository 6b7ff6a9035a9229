package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.kobako.block.client.Reply;

/** One thread's loop: a request, its answer, the next request. Ends when the kernel says so. */
final class FuseSession implements Runnable {
  private static final Logger LOG = System.getLogger("kobako.fuse");

  private final FuseFiles files;
  private final Faults faults;
  private final FuseDevice.Port port;
  private final Reply reply;
  private final FuseRequest request = new FuseRequest();
  private final FuseAnswer answer = new FuseAnswer();

  FuseSession(FuseFiles files, Faults faults, FuseDevice.Port port, Reply reply) {
    this.files = files;
    this.faults = faults;
    this.port = port;
    this.reply = reply;
  }

  @Override
  public void run() {
    try {
      while (serveOne()) {}
    } catch (IOException broken) {
      LOG.log(Level.ERROR, "fuse: a serving thread ends: " + broken.getMessage());
    }
  }

  /**
   * Receives and answers one request.
   *
   * @return whether another may come
   * @throws IOException if the device does not work
   */
  boolean serveOne() throws IOException {
    int received = port.receive(request);
    if (received == FuseDevice.Port.UNMOUNTED) {
      return false;
    }
    request.received(received);
    if (request.hasHeader()) {
      try {
        compose();
        send();
      } finally {
        reply.release();
      }
    }
    return true;
  }

  /** Whatever goes wrong, the asker must hear of it: it waits in the kernel, unkillable. */
  private void compose() {
    try {
      files.answer(request, answer, reply);
    } catch (RuntimeException | Error fault) {
      faults.add(request.opcode(), fault);
      reply.release();
      answer.fail(ErrorCode.EIO);
    }
  }

  private void send() {
    if (!answer.isDue()) {
      return;
    }
    try {
      port.send(answer, reply);
    } catch (IOException refused) {
      reply.release();
      answer.fail(ErrorCode.EIO);
      try {
        port.send(answer, reply);
        faults.add(request.opcode(), refused);
      } catch (IOException askerGone) {
        // Nobody waits, else the kernel had taken this one.
      }
    }
  }
}
