package org.kobako.block.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;
import org.slf4j.LoggerFactory;

/**
 * From request to response, top to bottom. Blocking, as files are read in it: on a cold disk that
 * must not hold up Jetty's selector.
 */
final class BlockHandler extends Handler.Abstract {
  private final StoreFiles store;
  private final BootFiles bootFiles;
  private final MachineReads reads;
  private final DistinctErrors errors =
      new DistinctErrors(LoggerFactory.getLogger(BlockHandler.class));

  BlockHandler(BlockServerConfig config) {
    this.store = config.store();
    this.bootFiles = config.bootFiles();
    this.reads = config.reads();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (RequestTarget.of(request.getMethod(), request.getHttpURI().getPath())) {
      case RequestTarget.Refused refused -> refuse(refused.why(), response, callback);
      case RequestTarget.InStore target -> {
        note(request, target.path());
        serve(
            target.path().relative(),
            () -> StoreFile.open(store, target.path()),
            request,
            response,
            callback);
      }
      case RequestTarget.BootFile target ->
          serve(
              RequestTarget.BOOT_FILES + target.name(),
              () -> openBootFile(target.name()),
              request,
              response,
              callback);
    }
    return true;
  }

  private void note(Request request, StorePath path) {
    String agent = request.getHeaders().get(HttpHeader.USER_AGENT);
    if (agent != null
        && request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress machine) {
      reads.note(machine.getAddress(), agent, path);
    }
  }

  /** How a file is opened: NoSuchFileException if there is none, another if it cannot be. */
  private interface Opening {
    ServedFile open() throws IOException;
  }

  private ServedFile openBootFile(BootFileName name) throws IOException {
    BootFile file =
        bootFiles.open(name).orElseThrow(() -> new NoSuchFileException(name.toString()));
    try {
      // With the time: two kernels may have one length, and end in the same padding.
      String tag =
          ServedFile.tag(file.bytes(), file.lengthBytes())
              + "-"
              + Long.toHexString(file.modifiedEpochSeconds());
      FileFacts facts =
          new FileFacts(
              RequestTarget.BOOT_FILES + name,
              FileFacts.Kind.MUTABLE,
              file.lengthBytes(),
              '"' + tag + '"',
              file.modifiedEpochSeconds());
      return new ServedFile(file.bytes(), facts);
    } catch (IOException | RuntimeException e) {
      ServedFile.closeQuietly(file.bytes());
      throw e;
    }
  }

  private void serve(
      String name, Opening opening, Request request, Response response, Callback callback) {
    try (ServedFile file = opening.open()) {
      switch (ResponsePlan.decide(request.getMethod(), file.facts(), request.getHeaders())) {
        case ResponsePlan.Refusal refusal -> refuse(refusal, response, callback);
        case ResponsePlan.FilePart part when part.length() == 0 -> {
          putHead(part, response);
          callback.succeeded();
        }
        case ResponsePlan.FilePart part -> send(file, part, request, response, callback);
      }
    } catch (NoSuchFileException missing) {
      refuse(ResponsePlan.NOT_FOUND, response, callback);
    } catch (IOException e) {
      errors.count("cannot open " + name, e, "answered 503");
      refuse(ResponsePlan.OPEN_FAILED, response, callback);
    }
  }

  private void send(
      ServedFile file,
      ResponsePlan.FilePart part,
      Request request,
      Response response,
      Callback callback) {
    if (!(request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof FileConnection connection)) {
      throw new IllegalStateException("files go over a connection of BlockServer.connector");
    }
    BodySender sender =
        new BodySender(file, part, connection, response, callback, errors, InvocationType.BLOCKING);
    try {
      sender.readFirstPiece();
    } catch (IOException e) {
      errors.count("cannot read " + file.facts().name(), e, "answered 500");
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
}
