package org.kobako.block.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.block.format.StorePath;
import org.slf4j.LoggerFactory;

/**
 * From request to response, top to bottom. Blocking, as files are read in it: on a cold disk that
 * must not hold up Jetty's selector.
 */
final class BlockHandler extends Handler.Abstract {
  private final Path store;
  private final BufferBudget budget;
  private final DistinctErrors errors =
      new DistinctErrors(LoggerFactory.getLogger(BlockHandler.class));

  BlockHandler(BlockServerConfig config) {
    this.store = config.store();
    this.budget = new BufferBudget(config.bufferBytes());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (RequestTarget.of(request.getMethod(), request.getHttpURI().getPath())) {
      case RequestTarget.Refused refused -> refuse(refused.why(), response, callback);
      case RequestTarget.InStore target -> serve(target.path(), request, response, callback);
    }
    return true;
  }

  private void serve(StorePath path, Request request, Response response, Callback callback) {
    try (StoreFile file = StoreFile.open(store, path)) {
      switch (ResponsePlan.decide(request.getMethod(), file.facts(), request.getHeaders())) {
        case ResponsePlan.Refusal refusal -> refuse(refusal, response, callback);
        case ResponsePlan.FilePart part when part.length() == 0 -> {
          putHead(part, response);
          callback.succeeded();
        }
        case ResponsePlan.FilePart part -> send(file, part, response, callback);
      }
    } catch (NoSuchFileException missing) {
      refuse(ResponsePlan.NOT_FOUND, response, callback);
    } catch (IOException e) {
      errors.count("cannot open " + path.relative(), e, "answered 503");
      refuse(ResponsePlan.OPEN_FAILED, response, callback);
    }
  }

  private void send(
      StoreFile file, ResponsePlan.FilePart part, Response response, Callback callback) {
    BodySender sender = new BodySender(file, part, response, callback, budget, errors);
    try {
      sender.readFirstPiece();
    } catch (IOException e) {
      errors.count("cannot read " + file.facts().path().relative(), e, "answered 500");
      refuse(ResponsePlan.READ_FAILED, response, callback);
      return;
    }
    putHead(part, response);
    sender.iterate();
  }

  private static void refuse(ResponsePlan.Refusal refusal, Response response, Callback callback) {
    putHead(refusal, response);
    byte[] text = refusal.text().getBytes(StandardCharsets.US_ASCII);
    response.write(true, ByteBuffer.wrap(text), callback);
  }

  private static void putHead(ResponsePlan plan, Response response) {
    response.setStatus(plan.status());
    response.getHeaders().add(plan.fields());
  }

  /** For tests and figures: all of it is free when no response is under way. */
  BufferBudget budget() {
    return budget;
  }
}
