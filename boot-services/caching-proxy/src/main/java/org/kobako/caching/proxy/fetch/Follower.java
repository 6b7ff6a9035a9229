package org.kobako.caching.proxy.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.StorePath;
import org.kobako.caching.proxy.Target;

/**
 * A machine that gets a fetch's bytes as they come, at its own pace: while it is slow it holds its
 * connection, and no thread.
 */
final class Follower extends IteratingCallback {
  private static final int PIECE_BYTES = 64 << 10;

  private static final HttpField BINARY =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/octet-stream");
  private static final HttpField TEXT =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain");
  private static final HttpField IMMUTABLE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "public, max-age=31536000, immutable");
  private static final HttpField ASK_AGAIN =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-cache");
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  private final Fetch fetch;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Handler fromCache;
  private final ByteBuffer own;

  /** Guarded by the fetch. */
  long offset;

  /** Guarded by the fetch: whether bytes of it are on their way. */
  boolean hasBegun;

  private boolean isAnswered;
  private boolean isHandedOver;

  Follower(Fetch fetch, Request request, Response response, Callback callback, Handler fromCache) {
    this.fetch = fetch;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.fromCache = fromCache;
    this.own = fetch.isOfBlock() ? ByteBuffer.allocate(0) : ByteBuffer.allocate(PIECE_BYTES);
  }

  boolean wantsBody() {
    return HttpMethod.GET.is(request.getMethod());
  }

  ByteBuffer own() {
    return own;
  }

  @Override
  protected Action process() throws Exception {
    if (isAnswered) {
      return Action.SUCCEEDED;
    }
    switch (fetch.next(this)) {
      case Next.Later later -> {
        return Action.IDLE;
      }
      case Next.Piece piece -> {
        putHead();
        isAnswered = piece.isLast();
        response.write(piece.isLast(), piece.bytes(), this);
        return Action.SCHEDULED;
      }
      case Next.Head head -> {
        putHead();
        return Action.SUCCEEDED;
      }
      case Next.InCache inCache -> {
        isHandedOver = true;
        return Action.SUCCEEDED;
      }
      case Next.Refused refused -> {
        isAnswered = true;
        refuse(refused.why(), response, this);
        return Action.SCHEDULED;
      }
      case Next.Broken broken -> throw new EofException(broken.why());
    }
  }

  private void putHead() {
    if (response.getStatus() == HttpStatus.OK_200) {
      return;
    }
    response.setStatus(HttpStatus.OK_200);
    boolean isText = fetch.target() instanceof Target.InStore(StorePath.Current current);
    response.getHeaders().add(isText ? TEXT : BINARY);
    switch (fetch.target()) {
      case Target.InStore(StorePath.Block block) ->
          response.getHeaders().add(IMMUTABLE).put(HttpHeader.ETAG, '"' + block.digestHex() + '"');
      case Target.InStore(StorePath.Index index) -> response.getHeaders().add(IMMUTABLE);
      case Target.InStore other -> response.getHeaders().add(ASK_AGAIN);
      case Target.Boot boot -> response.getHeaders().add(ASK_AGAIN);
    }
    long length = fetch.totalBytes();
    if (length >= 0) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
    }
  }

  static void refuse(Refusal why, Response response, Callback callback) {
    response.setStatus(why.status());
    response.getHeaders().add(TEXT).add(NO_STORE);
    if (why.retrySeconds() > 0) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, why.retrySeconds());
    }
    byte[] text = why.text().getBytes(StandardCharsets.ISO_8859_1);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, text.length);
    response.write(true, ByteBuffer.wrap(text), callback);
  }

  /** A body that is not whole ends with its connection, which is the only way to say so. */
  @Override
  protected void onCompleted(@Nullable Throwable failure) {
    fetch.leave(this);
    if (failure != null) {
      callback.failed(failure);
    } else if (isHandedOver) {
      handOver();
    } else {
      callback.succeeded();
    }
  }

  private void handOver() {
    try {
      if (!fromCache.handle(request, response, callback)) {
        callback.failed(new IOException("nobody serves what is in the cache"));
      }
    } catch (Exception e) {
      callback.failed(e);
    }
  }
}
