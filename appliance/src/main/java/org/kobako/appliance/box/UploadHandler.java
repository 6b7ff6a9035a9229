package org.kobako.appliance.box;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.block.format.ImageName;
import org.kobako.packer.RefusedUploadException;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreUpload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that come from afar, from who has the admin secret: {@link UploadTarget} has the requests,
 * {@link StoreUpload} what becomes of them. A body holds a thread until it is there, so that few
 * are taken at once, and none for long.
 */
final class UploadHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(UploadHandler.class);

  private static final String AREA = "upload";
  private static final Duration BLOCK_TIME = Duration.ofMinutes(2);
  private static final Duration INDEX_TIME = Duration.ofMinutes(10);

  /**
   * Of what is refused so much is still taken from the sender, who would otherwise find the
   * connection broken instead of the answer.
   */
  private static final long MAX_UNREAD_BYTES = 2 << 20;

  private final Path store;
  private final Optional<AdminGate> gate;
  private final Uploads uploads;
  private final int maxBodies;
  private final Semaphore bodies;

  /**
   * @param gate empty where nobody may upload
   * @param maxBodies how many are taken at once
   */
  UploadHandler(Path store, Optional<AdminGate> gate, Uploads uploads, int maxBodies) {
    this.store = store;
    this.gate = gate;
    this.uploads = uploads;
    this.maxBodies = maxBodies;
    this.bodies = new Semaphore(maxBodies);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (!path.startsWith(UploadTarget.PREFIX)) {
      return false;
    }
    if (gate.isEmpty()) {
      StatusHandler.say(
          HttpStatus.FORBIDDEN_403,
          "this box takes no uploads: name a file with a secret as admin.secret-file in its"
              + " kobako.toml",
          response,
          callback);
      return true;
    }
    if (!gate.get().admits(AREA, request, response, callback)) {
      return true;
    }
    Optional<UploadTarget> target = UploadTarget.of(request.getMethod(), path);
    if (target.isEmpty()) {
      StatusHandler.say(HttpStatus.NOT_FOUND_404, "no uploader asks for this", response, callback);
      return true;
    }
    try {
      answer(target.get(), request, response, callback);
    } catch (RefusedUploadException e) {
      refuse(e, request, response, callback);
    } catch (IOException e) {
      drain(request);
      StoreFailure.answer(AREA, e, response, callback);
    }
    return true;
  }

  private void answer(UploadTarget target, Request request, Response response, Callback callback)
      throws IOException {
    switch (target) {
      case UploadTarget.Standing standing ->
          StatusHandler.say(HttpStatus.OK_200, standing(standing.image()), response, callback);
      case UploadTarget.Index index ->
          withBody(
              request,
              response,
              callback,
              () -> {
                begin(index, request, response, callback);
              });
      case UploadTarget.Missing missing ->
          uploads
              .use(missing.image(), missing.upload(), upload -> upload.missing(missing.from()))
              .ifPresentOrElse(
                  it -> StatusHandler.say(HttpStatus.OK_200, lines(it), response, callback),
                  () -> over(response, callback));
      case UploadTarget.Block block ->
          withBody(
              request,
              response,
              callback,
              () -> {
                take(block, request, response, callback);
              });
      case UploadTarget.Publish publish -> publish(publish, request, response, callback);
      case UploadTarget.End end -> {
        uploads.end(end.image(), end.upload());
        StatusHandler.say(HttpStatus.OK_200, "the upload has ended", response, callback);
      }
    }
  }

  /** Three lines: the newest version and the current one, 0 for none; bodies taken at once. */
  private String standing(ImageName image) throws IOException {
    StoreDirectory directory = StoreDirectory.open(store);
    List<Long> versions = directory.versions(image);
    requireWritable();
    return "newest %d\ncurrent %d\nconnections %d"
        .formatted(
            versions.isEmpty() ? 0 : versions.getLast(),
            directory.currentVersion(image).orElse(0),
            maxBodies);
  }

  private void requireWritable() throws IOException {
    for (String folder : List.of("", "images", "blocks")) {
      Path path = store.resolve(folder);
      if (!Files.isWritable(path)) {
        throw new AccessDeniedException(
            path.toString(),
            null,
            "the box may not write there; give the store a user of its own, whom the box becomes then");
      }
    }
  }

  private static String lines(StoreUpload.Missing missing) {
    StringJoiner lines = new StringJoiner("\n");
    lines.add("next " + missing.next());
    missing.numbers().forEach(number -> lines.add(number.toString()));
    return lines.toString();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void withBody(Request request, Response response, Callback callback, Work work)
      throws IOException {
    if (request.getLength() < 0) {
      StatusHandler.say(
          HttpStatus.LENGTH_REQUIRED_411,
          "an upload says how long it is: Content-Length is missing",
          response,
          callback);
    } else if (!bodies.tryAcquire()) {
      drain(request);
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      StatusHandler.say(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "this box takes %d bodies at once: send fewer".formatted(maxBodies),
          response,
          callback);
    } else {
      try {
        work.run();
      } finally {
        bodies.release();
      }
    }
  }

  private void begin(
      UploadTarget.Index index, Request request, Response response, Callback callback)
      throws IOException {
    if (request.getLength() > StoreUpload.MAX_INDEX_BYTES) {
      StatusHandler.say(
          HttpStatus.PAYLOAD_TOO_LARGE_413,
          "an index has at most %d bytes".formatted(StoreUpload.MAX_INDEX_BYTES),
          response,
          callback);
      return;
    }
    Optional<Uploads.Begun> begun =
        uploads.begin(index.image(), index.version(), body(request, INDEX_TIME));
    if (begun.isEmpty()) {
      drain(request);
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "5");
      StatusHandler.say(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          "another upload of %s, or too many, are under way: try again after that"
              .formatted(index.image()),
          response,
          callback);
      return;
    }
    StoreUpload upload = begun.get().upload();
    if (upload.isUnchanged()) {
      uploads.end(index.image(), begun.get().number());
      StatusHandler.say(HttpStatus.OK_200, "unchanged", response, callback);
    } else {
      LOG.info(
          "upload: {} begins {} version {}",
          Request.getRemoteAddr(request),
          index.image(),
          index.version());
      StatusHandler.say(
          HttpStatus.OK_200,
          "upload %d\nwanted %d".formatted(begun.get().number(), upload.wantedBytes()),
          response,
          callback);
    }
  }

  private void take(
      UploadTarget.Block target, Request request, Response response, Callback callback)
      throws IOException {
    Optional<String> refusal =
        uploads.use(
            target.image(),
            target.upload(),
            upload -> {
              int length = upload.storedLength(target.block());
              if (length >= 0 && length != request.getLength()) {
                return "block %d has %d bytes by the index, and %d are sent"
                    .formatted(target.block(), length, request.getLength());
              }
              upload.put(target.block(), body(request, BLOCK_TIME));
              return "";
            });
    if (refusal.isEmpty()) {
      drain(request);
      over(response, callback);
    } else if (refusal.get().isEmpty()) {
      StatusHandler.say(HttpStatus.OK_200, "taken", response, callback);
    } else {
      drain(request);
      StatusHandler.say(HttpStatus.BAD_REQUEST_400, refusal.get(), response, callback);
    }
  }

  private void publish(
      UploadTarget.Publish target, Request request, Response response, Callback callback)
      throws IOException {
    Optional<Long> version =
        uploads.use(
            target.image(),
            target.upload(),
            upload -> {
              upload.publish();
              return upload.version();
            });
    if (version.isEmpty()) {
      over(response, callback);
      return;
    }
    uploads.end(target.image(), target.upload());
    LOG.info(
        "upload: {} version {} is current, from {}",
        target.image(),
        version.get(),
        Request.getRemoteAddr(request));
    StatusHandler.say(
        HttpStatus.OK_200,
        "%s version %d is current".formatted(target.image(), version.get()),
        response,
        callback);
  }

  private static void over(Response response, Callback callback) {
    StatusHandler.say(
        HttpStatus.CONFLICT_409,
        "this upload is over, or another took its place: begin again, and what is here already is"
            + " not sent twice",
        response,
        callback);
  }

  private static InputStream body(Request request, Duration time) {
    return new TimedBody(Content.Source.asInputStream(request), time);
  }

  private static void refuse(
      RefusedUploadException e, Request request, Response response, Callback callback) {
    LOG.warn("upload: refused what {} sends: {}", Request.getRemoteAddr(request), e.getMessage());
    drain(request);
    int status =
        switch (e.reason()) {
          case MALFORMED -> HttpStatus.BAD_REQUEST_400;
          case CUT_OFF -> HttpStatus.REQUEST_TIMEOUT_408;
          case NOT_SIGNED -> HttpStatus.FORBIDDEN_403;
          case NOT_NEWER, INCOMPLETE -> HttpStatus.CONFLICT_409;
          case NO_ROOM -> HttpStatus.INSUFFICIENT_STORAGE_507;
        };
    StatusHandler.say(status, String.valueOf(e.getMessage()), response, callback);
  }

  /** What cannot be read any more has no sender who waits. */
  private static void drain(Request request) {
    try {
      body(request, Duration.ofSeconds(10)).skip(MAX_UNREAD_BYTES);
    } catch (IOException gone) {
      LOG.debug("upload: the sender is gone", gone);
    }
  }
}
