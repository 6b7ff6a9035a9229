package org.kobako.caching.proxy.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.IdleTimeout;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.StorePath;
import org.kobako.caching.proxy.Target;
import org.kobako.caching.proxy.disk.FileHead;

/**
 * One file on its way from an upstream into the cache, and all who wait for it. They get its bytes
 * as they come, but for the last ones, which are held back until all are verified: what turns out
 * wrong never becomes whole. An upstream that fails is followed by the next.
 *
 * <p>Guarded by its own lock; followers are told outside of it.
 */
final class Fetch {
  /** For the first bytes, where the cache has older ones; for any, where others can be asked. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** For bytes that nobody else has, for the first and between any two. */
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(15);

  /** Who sends less in a second, for longer than {@link #LAST_PATIENCE}, holds us up. */
  private static final int MIN_BYTES_PER_SECOND = 4 << 10;

  /** An error's text is read, so that its connection can be used again. */
  private static final int MAX_IGNORED_BYTES = 16 << 10;

  private static final long UNKNOWN = -1;

  /** As an idle timeout of Jetty's. */
  private static final long NEVER = 0;

  private static final String UNWANTED = "nobody wants it any more";

  private final Target target;
  private final Means means;
  private final Optional<FileHead> stale;
  private final Via through;
  private final Ends ends;

  private final List<Follower> followers = new ArrayList<>();
  private final Deque<Upstream> untried;
  private @Nullable Attempt attempt;
  private @Nullable Spool spool;
  private long totalBytes = UNKNOWN;
  private long released;
  private boolean isWhole;
  private boolean isOpen = true;
  private boolean isOver;
  private boolean isGone;
  private @Nullable Next end;
  private String trouble = "";
  private boolean isMissing;

  /** Lets the upstream go on, where nothing is kept and all have got what has come. */
  private @Nullable Runnable demand;

  /** Who is told when it is over. */
  interface Ends {
    /** New askers are for another fetch. */
    void closed(Fetch fetch);

    /** No upstream has it. */
    void missing(Fetch fetch);

    /** It is over, and nobody holds a byte of it any more. */
    void gone(Fetch fetch);
  }

  /**
   * @param stale what the cache has of it, to ask whether it is still good
   * @param through other boxes, of which one asks
   */
  Fetch(Target target, Means means, Optional<FileHead> stale, Via through, Ends ends) {
    this.target = target;
    this.means = means;
    this.stale = stale;
    this.through = through;
    this.ends = ends;
    this.untried = new ArrayDeque<>(means.upstreams().inOrder(System.nanoTime()));
  }

  Target target() {
    return target;
  }

  Via through() {
    return through;
  }

  /** Whether one can join it, and an upstream has begun to send it: it waits for nobody else. */
  synchronized boolean isComing() {
    return isOpen && spool != null;
  }

  boolean isOfBlock() {
    return target instanceof Target.InStore(StorePath.Block block);
  }

  synchronized long totalBytes() {
    return totalBytes;
  }

  // ---- Followers -------------------------------------------------------------------------------

  /** Answers whether there is still room for one who wants all of it. */
  synchronized boolean join(Follower follower) {
    if (!isOpen) {
      return false;
    }
    followers.add(follower);
    return true;
  }

  void leave(Follower follower) {
    synchronized (this) {
      followers.remove(follower);
    }
    goOnIfAllHaveIt();
    goIfLast();
  }

  private void goIfLast() {
    synchronized (this) {
      if (isGone || !isOver || !followers.isEmpty()) {
        return;
      }
      isGone = true;
      if (spool != null) {
        spool.close();
      }
    }
    ends.gone(this);
  }

  /** What a follower does next. */
  Next next(Follower follower) throws IOException {
    synchronized (this) {
      if (end != null) {
        return follower.hasBegun && !(end instanceof Next.Broken) ? new Next.Broken(trouble) : end;
      }
      if (spool == null) {
        return Next.LATER;
      }
      if (!follower.wantsBody()) {
        return Next.HEAD;
      }
      if (follower.offset < released || isWhole) {
        return piece(follower, spool);
      }
    }
    goOnIfAllHaveIt();
    return Next.LATER;
  }

  private Next piece(Follower follower, Spool from) throws IOException {
    if (!from.reaches(follower.offset)) {
      return new Next.Broken("it came too late for what is not kept");
    }
    ByteBuffer bytes =
        follower.offset == released
            ? ByteBuffer.allocate(0)
            : from.piece(follower.offset, released, follower.own());
    follower.hasBegun = true;
    follower.offset += bytes.remaining();
    return new Next.Piece(bytes, isWhole && follower.offset == released);
  }

  private Runnable takeDemand() {
    Runnable taken = demand;
    if (taken == null || followers.stream().anyMatch(it -> it.offset < released)) {
      return () -> {};
    }
    demand = null;
    if (followers.isEmpty() && attempt != null) {
      Attempt unwanted = attempt;
      return unwanted::abandon;
    }
    return taken;
  }

  private void goOnIfAllHaveIt() {
    Runnable goOn;
    synchronized (this) {
      goOn = takeDemand();
    }
    goOn.run();
  }

  private void tell() {
    List<Follower> all;
    synchronized (this) {
      all = List.copyOf(followers);
    }
    all.forEach(Follower::iterate);
  }

  private boolean someHaveBegun() {
    return followers.stream().anyMatch(it -> it.hasBegun);
  }

  // ---- Attempts --------------------------------------------------------------------------------

  /** Asks the first upstream. */
  void start() {
    if (means.upstreams().areAllPaused(System.nanoTime()) && mayUseCache()) {
      finish(Next.IN_CACHE);
    } else {
      askNext();
    }
  }

  private boolean mayUseCache() {
    return stale.isPresent() && stale.get().isUsableAlone(System.currentTimeMillis());
  }

  private void askNext() {
    Attempt begun = null;
    Next over = null;
    synchronized (this) {
      Upstream upstream = untried.poll();
      if (upstream != null) {
        begun = new Attempt(upstream, untried.isEmpty());
        attempt = begun;
      } else {
        attempt = null;
        over = whatIsLeft();
      }
    }
    if (begun != null) {
      begun.ask();
    } else if (over != null) {
      finish(over);
    }
  }

  /** No upstream has given what was asked for. */
  private Next whatIsLeft() {
    if (someHaveBegun()) {
      return new Next.Broken(trouble);
    }
    if (trouble.isEmpty() && isMissing) {
      return new Next.Refused(Refusal.MISSING);
    }
    if (mayUseCache()) {
      return Next.IN_CACHE;
    }
    return new Next.Refused(trouble.isEmpty() ? Refusal.UNREACHABLE : Refusal.unusable(trouble));
  }

  private void finish(Next how) {
    synchronized (this) {
      end = how;
      isOpen = false;
      isOver = true;
      if (spool instanceof FileSpool file) {
        file.discard();
      }
      // Who has begun may be reading it: it is closed when the last one has left.
    }
    if (how instanceof Next.Refused(Refusal why) && why.status() == HttpStatus.NOT_FOUND_404) {
      ends.missing(this);
    }
    ends.closed(this);
    tell();
    goIfLast();
  }

  private void discardSpool() {
    if (spool instanceof FileSpool file) {
      file.discard();
    }
    if (spool != null) {
      spool.close();
    }
    spool = null;
  }

  /** One request to one upstream. Its methods are called one after the other, but for abort. */
  private final class Attempt {
    private final Upstream upstream;
    private final boolean isLast;
    private Duration patience;
    private final long startNs = System.nanoTime();
    private @Nullable Request request;
    private long position;
    private long firstByteNs;
    private boolean isIgnored;
    private boolean isRevalidated;
    private volatile boolean isAbandoned;
    private @Nullable String refused;
    private HttpFields head = HttpFields.EMPTY;

    Attempt(Upstream upstream, boolean isLast) {
      this.upstream = upstream;
      this.isLast = isLast;
      this.patience = isLast && !mayUseCache() ? LAST_PATIENCE : PATIENCE;
    }

    void ask() {
      upstream.ask();
      means.counters().asked.increment();
      Request asking =
          means
              .client()
              .newRequest(upstream.url().resolve(target.relative()))
              .idleTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
              .headers(fields -> {
                fields.put(HttpHeader.ACCEPT_ENCODING, "identity");
                fields.put(HttpHeader.VIA, through.and(means.via()).text());
                stale
                    .flatMap(FileHead::etag)
                    .ifPresent(it -> fields.put(HttpHeader.IF_NONE_MATCH, it));
                stale
                    .flatMap(FileHead::lastModified)
                    .ifPresent(it -> fields.put(HttpHeader.IF_MODIFIED_SINCE, it));
              })
              .onRequestBegin(this::found)
              .onResponseHeaders(this::headers)
              .onResponseContentAsync(this::content);
      request = asking;
      asking.send(this::complete);
    }

    void abort(String why) {
      if (request != null) {
        var unused = request.abort(new EOFException(why)); // complete tells
      }
    }

    /** Nobody wants what comes, and it is not kept. */
    void abandon() {
      isAbandoned = true;
      abort(UNWANTED);
    }

    /** Before a byte is sent: after that it may ask here for the same file, and wait for us. */
    private void found(Request sent) {
      if (sent.getConnection() != null
          && sent.getConnection().getRemoteSocketAddress() instanceof InetSocketAddress at) {
        upstream.foundAt(at.getAddress());
      }
    }

    private void refuse(String why) {
      refused = why;
      abort(why);
    }

    private void headers(Response response) {
      firstByteNs = System.nanoTime() - startNs;
      head = response.getHeaders();
      long length = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
      switch (response.getStatus()) {
        case HttpStatus.OK_200 -> begin(length);
        case HttpStatus.NOT_MODIFIED_304 -> {
          isIgnored = true;
          if (stale.isPresent()) {
            isRevalidated = true;
          } else {
            refused = "it answers 304, and was not asked for a change";
          }
        }
        case HttpStatus.NOT_FOUND_404, HttpStatus.GONE_410 -> {
          isIgnored = true;
          isMissing = true;
        }
        default -> refuse("it answers " + response.getStatus());
      }
    }

    private void begin(long length) {
      String encoding = head.get(HttpHeader.CONTENT_ENCODING);
      if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
        refuse("it answers in the encoding " + encoding);
        return;
      }
      long max = Verification.maxBytes(target);
      if (length > max) {
        refuse("it has " + length + " bytes, where " + max + " are the most");
        return;
      }
      synchronized (Fetch.this) {
        if (spool != null && length != totalBytes) {
          if (someHaveBegun()) {
            refuse("it has " + length + " bytes, and " + totalBytes + " at another upstream");
            return;
          }
          discardSpool();
        }
        if (spool == null) {
          totalBytes = length;
          released = 0;
          spool = newSpool(length);
          isOpen = !(spool instanceof FileSpool file) || file.isOnDisk();
        }
      }
      if (isLast) {
        patience = LAST_PATIENCE; // whoever gets a part of it cannot go on from the cache
        setIdleTimeoutMs(patience.toMillis());
      }
      if (!isOpen) {
        ends.closed(Fetch.this);
      }
      tell(); // who asked for the head has it now
    }

    private Spool newSpool(long length) {
      if (isOfBlock()) {
        return new MemorySpool(means.buffers(), length < 0 ? BlockSize.MAX_BYTES : (int) length);
      }
      return new FileSpool(
          mayKeep(length) ? means.cache().incoming(Math.max(0, length)) : Optional.empty(),
          e -> means.cache().failed("be written", e));
    }

    /**
     * Of a file that only the connection's end ends, and that names no digest, some may be missing.
     */
    private boolean mayKeep(long length) {
      boolean isVerified =
          target instanceof Target.InStore(StorePath path) && !(path instanceof StorePath.Profile);
      boolean hasEnd = length >= 0 || head.contains(HttpHeader.TRANSFER_ENCODING);
      return freshness().isStorable() && (isVerified || hasEnd);
    }

    private Freshness freshness() {
      return switch (target) {
        case Target.Boot boot -> Freshness.of(head, System.currentTimeMillis());
        case Target.InStore file ->
            switch (file.path()) {
              case StorePath.Block block -> Freshness.IMMUTABLE;
              case StorePath.Index index -> Freshness.IMMUTABLE;
              case StorePath.Current current -> Freshness.ALWAYS_ASK;
              case StorePath.Profile profile -> Freshness.ALWAYS_ASK;
            };
      };
    }

    private void content(Response response, Content.Chunk chunk, Runnable demander) {
      ByteBuffer bytes = chunk.getByteBuffer();
      means.counters().bytes.add(bytes.remaining());
      boolean goOn;
      if (isIgnored || refused != null) {
        position += bytes.remaining();
        goOn = position <= MAX_IGNORED_BYTES;
        bytes.position(bytes.limit());
        if (!goOn) {
          abort("its text is too long");
        }
      } else {
        goOn = take(bytes, demander);
        tell();
        goOnIfAllHaveIt();
      }
      if (goOn) {
        demander.run();
      }
    }

    /** Answers whether more may come now. */
    private boolean take(ByteBuffer bytes, Runnable demander) {
      synchronized (Fetch.this) {
        Spool into = spool;
        if (into == null || attempt != this) {
          return false;
        }
        long limit = totalBytes >= 0 ? totalBytes : Verification.maxBytes(target);
        if (bytes.remaining() > limit - position) {
          refuse("it goes on beyond " + limit + " bytes");
          return false;
        }
        long elapsedSeconds = (System.nanoTime() - startNs) / 1_000_000_000;
        boolean isKept = !(into instanceof FileSpool file) || file.isOnDisk();
        if (isKept
            && elapsedSeconds > LAST_PATIENCE.toSeconds()
            && position / elapsedSeconds < MIN_BYTES_PER_SECOND) {
          refuse("it sends less than " + MIN_BYTES_PER_SECOND + " bytes in a second");
          return false;
        }
        if (position < into.length() && !skip(into, bytes)) {
          return false;
        }
        long before = into.length();
        position += bytes.remaining();
        if (bytes.hasRemaining()) {
          into.append(bytes);
        }
        return release(into, before, demander);
      }
    }

    /** What is here from another upstream must be the same. */
    private boolean skip(Spool into, ByteBuffer bytes) {
      if (into.equals(position, bytes)) {
        int known = (int) Math.min(bytes.remaining(), into.length() - position);
        bytes.position(bytes.position() + known);
        position += known;
        return true;
      }
      if (someHaveBegun()) {
        refuse("it has other bytes than another upstream");
        return false;
      }
      into.truncate(position);
      released = Math.min(released, position);
      return true;
    }

    private boolean release(Spool into, long before, Runnable demander) {
      boolean isPassedOn = into instanceof FileSpool file && !file.isOnDisk();
      if (isPassedOn) {
        released = into.length();
        isOpen = false;
        setIdleTimeoutMs(NEVER);
        demand =
            () -> {
              setIdleTimeoutMs(patience.toMillis());
              demander.run();
            };
        return false;
      }
      boolean isLast = totalBytes < 0 || into.length() == totalBytes;
      released = Math.max(released, isLast ? before : into.length());
      return true;
    }

    /** While the upstream waits for a slow machine, it is that machine's connection that ends. */
    private void setIdleTimeoutMs(long timeoutMs) {
      if (request != null
          && request.getConnection() instanceof AbstractConnection connection
          && connection.getEndPoint() instanceof IdleTimeout timer) {
        timer.notIdle();
        timer.setIdleTimeout(timeoutMs);
      }
    }

    private void complete(Result result) {
      boolean isLeft = isAbandoned || !means.client().isRunning(); // as when the box stops
      if (isLeft && result.isFailed()) {
        upstream.leave();
        finish(new Next.Broken(UNWANTED));
        return;
      }
      String why = refused;
      if (why == null && result.isFailed()) {
        why = reason(result.getFailure());
      }
      boolean isGood = isIgnored ? refused == null : why == null;
      if (isGood && isRevalidated) {
        upstream.answered(firstByteNs);
        revalidated();
        finish(Next.IN_CACHE);
        return;
      }
      if (isGood && isIgnored) {
        upstream.answered(firstByteNs);
        askNext();
        return;
      }
      if (isGood) {
        why = finished();
        if (why == null) {
          upstream.answered(firstByteNs);
          return;
        }
      }
      failed(String.valueOf(why));
    }

    private void failed(String why) {
      upstream.failed(System.nanoTime());
      means.counters().unusable.increment();
      means
          .notices()
          .count(
              upstream + why.replaceAll("[0-9a-f]{64}|[0-9]+", ""),
              "%s of upstream %s cannot be used: %s; %s"
                  .formatted(
                      target.relative(),
                      upstream,
                      why,
                      untried.isEmpty() ? "gives up" : "asks the next"));
      synchronized (Fetch.this) {
        trouble = why;
        // A file that changes must come from one upstream, a block may from several.
        if (!isOfBlock()) {
          if (someHaveBegun()) {
            untried.clear();
          } else {
            discardSpool();
          }
        }
      }
      askNext();
    }

    /** Jetty describes its connections with every failure, which tells people nothing. */
    private static String reason(@Nullable Throwable failure) {
      String message = failure == null ? null : failure.getMessage();
      if (message == null || message.isEmpty()) {
        return String.valueOf(failure);
      }
      int description = message.indexOf("oejc");
      String before = description < 0 ? message : message.substring(0, description);
      String words = before.replaceFirst(" on $", "");
      return words.isEmpty() ? "it ended the connection early" : words;
    }

    private void revalidated() {
      Freshness freshness = freshness();
      FileHead before = stale.orElseThrow();
      means
          .cache()
          .keepHead(
              target.relative(),
              before.validated(
                  System.currentTimeMillis(), freshness.freshMs(), freshness.staleMs()));
    }

    /** Verifies what has come, lets it go to its end, and keeps it. Answers what is wrong. */
    private @Nullable String finished() {
      Spool came;
      synchronized (Fetch.this) {
        came = spool;
        if (came == null) {
          return "it ended early";
        }
        if (position < came.length() || (totalBytes >= 0 && position != totalBytes)) {
          return "it ended after " + position + " bytes";
        }
        if (position == 0 && !(target instanceof Target.Boot)) {
          return "it is empty";
        }
      }
      // Nobody writes to it any more.
      String digestHex = came.digestHex();
      Optional<String> problem = Verification.problem(target, came, digestHex, means.trust());
      if (problem.isPresent()) {
        synchronized (Fetch.this) {
          if (someHaveBegun()) {
            untried.clear(); // whoever has a part of it cannot get the rest
          } else {
            discardSpool();
          }
        }
        return problem.get();
      }
      synchronized (Fetch.this) {
        isWhole = true;
        isOpen &= freshness().freshMs() > 0; // else who asks from now on wants a newer answer
        totalBytes = position;
        released = position;
      }
      tell();
      keep(came, digestHex);
      return null;
    }

    private void keep(Spool came, @Nullable String digestHex) {
      switch (came) {
        case MemorySpool block -> {
          try {
            means
                .writer()
                .execute(() -> {
                  if (target instanceof Target.InStore(StorePath.Block name)) {
                    means.cache().put(name, block.whole());
                  }
                  close();
                });
          } catch (RejectedExecutionException slowDisk) {
            close();
          }
        }
        case FileSpool file -> {
          if (file.isOnDisk() && digestHex != null && file.path().isPresent()) {
            Freshness freshness = freshness();
            means
                .cache()
                .keep(
                    target.relative(),
                    file.path().get(),
                    new FileHead(
                        file.length(),
                        digestHex,
                        Optional.ofNullable(head.get(HttpHeader.ETAG)),
                        Optional.ofNullable(head.get(HttpHeader.LAST_MODIFIED)),
                        System.currentTimeMillis(),
                        freshness.freshMs(),
                        freshness.staleMs()));
          } else {
            file.discard();
          }
          close();
        }
      }
    }

    private void close() {
      synchronized (Fetch.this) {
        isOpen = false;
        isOver = true;
      }
      ends.closed(Fetch.this);
      goIfLast();
    }
  }
}
