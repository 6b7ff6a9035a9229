package org.kobako.caching.proxy;

import java.io.IOException;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFiles;
import org.kobako.caching.proxy.disk.Cache;
import org.kobako.caching.proxy.disk.FileHead;
import org.kobako.caching.proxy.fetch.Fetches;
import org.kobako.caching.proxy.fetch.Via;

/**
 * From request to answer: what is local or good is served by another handler, the rest is fetched.
 * Blocking, as files are looked at in it.
 */
final class ProxyHandler extends Handler.Abstract {
  private final Cache cache;
  private final Fetches fetches;
  private final StoreFiles local;
  private final BootFiles localBoot;
  private final Handler here;
  private final String name;

  ProxyHandler(
      Cache cache,
      Fetches fetches,
      StoreFiles local,
      BootFiles localBoot,
      Handler here,
      String name) {
    this.cache = cache;
    this.fetches = fetches;
    this.local = local;
    this.localBoot = localBoot;
    this.here = here;
    this.name = name;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<Target> target = target(request);
    if (target.isEmpty() || isCached(target.get(), request) || isLocal(target.get())) {
      return here.handle(request, response, callback);
    }
    return switch (target.get()) {
      case Target.InStore(StorePath.Block block) ->
          fetch(target.get(), Optional.empty(), request, response, callback);
      case Target.InStore other -> handleFile(other, request, response, callback);
      case Target.Boot boot -> handleFile(boot, request, response, callback);
    };
  }

  /** A block is the same wherever it is from; somebody may doubt that this one is. */
  private boolean isCached(Target target, Request request) {
    if (!(target instanceof Target.InStore(StorePath.Block block))) {
      return false;
    }
    if (request.getHeaders().contains(HttpHeader.CACHE_CONTROL, "no-cache")) {
      cache.doubt(block);
    }
    return cache.has(block);
  }

  private boolean handleFile(Target target, Request request, Response response, Callback callback)
      throws Exception {
    Optional<FileHead> head = cache.head(target.relative());
    return head.isPresent() && head.get().isFresh(System.currentTimeMillis())
        ? here.handle(request, response, callback)
        : fetch(target, head, request, response, callback);
  }

  private boolean fetch(
      Target target,
      Optional<FileHead> stale,
      Request request,
      Response response,
      Callback callback) {
    fetches.answer(target, stale, request, response, callback, here);
    return true;
  }

  /** Empty for what nobody would fetch, and for a request that has been to this box before. */
  private Optional<Target> target(Request request) {
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      return Optional.empty();
    }
    if (!Via.of(request).mayGoOnBy(name)) {
      return Optional.empty();
    }
    return Target.of(request.getHttpURI().getPath());
  }

  /** An image that is packed here is not mixed with one of the same name elsewhere. */
  private boolean isLocal(Target target) throws IOException {
    return switch (target) {
      case Target.InStore(StorePath.Block block) -> isThere(block);
      case Target.InStore(StorePath.Current current) -> isThere(current);
      case Target.InStore(StorePath.Index index) ->
          isThere(index) || isThere(new StorePath.Current(index.image()));
      case Target.InStore(StorePath.Profile profile) ->
          isThere(profile) || isThere(new StorePath.Current(profile.image()));
      case Target.Boot boot -> {
        Optional<BootFile> file = localBoot.open(boot.name());
        if (file.isPresent()) {
          file.get().close();
        }
        yield file.isPresent();
      }
    };
  }

  private boolean isThere(StorePath path) throws IOException {
    Optional<JailedFile> file = local.open(path);
    if (file.isPresent()) {
      file.get().close();
    }
    return file.isPresent();
  }
}
