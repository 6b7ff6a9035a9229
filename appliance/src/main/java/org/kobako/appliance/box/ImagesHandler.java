package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.appliance.life.ImageList;
import org.kobako.appliance.life.MachineLines;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreListing;

/**
 * {@code GET /images}, and {@code /images.txt} for people: versions, sizes, machines on each; for
 * everybody. It reads all indexes, so that one asker is served at a time.
 */
final class ImagesHandler extends Handler.Abstract {
  private static final String PATH = "/images";
  private static final String PATH_FOR_PEOPLE = "/images.txt";

  private final Path store;
  private final Supplier<MachineLines> machines;
  private final AtomicBoolean listing = new AtomicBoolean();

  ImagesHandler(Path store, Supplier<MachineLines> machines) {
    this.store = store;
    this.machines = machines;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (!path.equals(PATH) && !path.equals(PATH_FOR_PEOPLE)) {
      return false;
    }
    if (!StatusHandler.isRead("the images are listed", request, response, callback)) {
      return true;
    }
    if (listing.compareAndSet(false, true)) {
      try {
        list(path.equals(PATH), response, callback);
      } finally {
        listing.set(false);
      }
    } else {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      StatusHandler.say(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "the images are being listed for somebody else: ask again",
          response,
          callback);
    }
    return true;
  }

  private void list(boolean asJson, Response response, Callback callback) {
    try {
      ImageList list =
          new ImageList(
              StoreListing.of(StoreDirectory.open(store)), Optional.of(machines.get().inUse()));
      StatusHandler.answer(
          HttpStatus.OK_200,
          asJson ? "application/json" : "text/plain; charset=utf-8",
          asJson ? list.json() + "\n" : list.text(),
          response,
          callback);
    } catch (IOException e) {
      StoreFailure.answer("images", e, response, callback);
    }
  }
}
