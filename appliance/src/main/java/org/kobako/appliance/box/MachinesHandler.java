package org.kobako.appliance.box;

import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.appliance.life.MachineLines;
import org.kobako.block.server.MachineReads;

/** {@code GET /machines}: who read which version of which image lately, for everybody. */
final class MachinesHandler extends Handler.Abstract {
  private static final String PATH = "/machines";

  private final MachineReads reads;
  private final Supplier<Duration> up;

  /**
   * @param up since the box began
   */
  MachinesHandler(MachineReads reads, Supplier<Duration> up) {
    this.up = up;
    this.reads = reads;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!request.getHttpURI().getPath().equals(PATH)) {
      return false;
    }
    if (StatusHandler.isRead("the machines are read", request, response, callback)) {
      StatusHandler.answer(
          HttpStatus.OK_200,
          "text/plain",
          MachineLines.write(up.get(), reads.all()),
          response,
          callback);
    }
    return true;
  }
}
