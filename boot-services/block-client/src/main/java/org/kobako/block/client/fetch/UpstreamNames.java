package org.kobako.block.client.fetch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.resolve.Addresses;
import org.kobako.block.client.resolve.StubResolver;

/**
 * Asks the DNS what the upstreams' names stand for: when it is no longer sure of its last answer,
 * and at once when an upstream of that name fails. As long as it knows of no address, or does not
 * answer, the last ones stay.
 *
 * <p>Its daemon thread, "kobako-resolve", is there where there are names, and ends with {@link
 * #close}.
 */
final class UpstreamNames implements AutoCloseable {
  /** Takes what a name stands for now. */
  @FunctionalInterface
  interface Listener {
    void addresses(UpstreamUrl url, List<InetAddress> inOrder);
  }

  private static final Logger LOG = System.getLogger("kobako.fetch");
  private static final long AFTER_FAILURE_NS = TimeUnit.SECONDS.toNanos(3);

  /** An upstream that fails for many fetches at once is one reason to ask. */
  private static final long LEAST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(250);

  private final StubResolver resolver;
  private final Listener listener;
  private final List<Name> names = new ArrayList<>();
  private boolean closed;

  /** A name, and when it is asked for next; guarded by the whole. */
  private static final class Name {
    final UpstreamUrl url;
    final SparseLog changes = new SparseLog();
    final SparseLog failures = new SparseLog();
    List<InetAddress> known = List.of();
    long askedNs;
    long dueNs;

    Name(UpstreamUrl url) {
      this.url = url;
    }
  }

  /**
   * @param urls whose hosts are names that the resolver answers for
   */
  UpstreamNames(List<UpstreamUrl> urls, StubResolver resolver, Listener listener) {
    this.resolver = resolver;
    this.listener = listener;
    for (UpstreamUrl url : urls) {
      names.add(new Name(url));
    }
  }

  /** Asks for all names, then goes on in a thread of its own. */
  void start() {
    for (Name name : names) {
      ask(name);
    }
    if (!names.isEmpty()) {
      Thread.ofPlatform().name("kobako-resolve").daemon().start(this::run);
    }
  }

  /** An upstream of this name fails: the DNS may know of another. */
  synchronized void refresh(UpstreamUrl url) {
    for (Name name : names) {
      if (name.url.equals(url)) {
        name.dueNs = name.askedNs + LEAST_PAUSE_NS;
        notifyAll();
      }
    }
  }

  /** Those that no address is known of. */
  synchronized List<UpstreamUrl> unknown() {
    return names.stream().filter(name -> name.known.isEmpty()).map(name -> name.url).toList();
  }

  private void run() {
    try {
      Name due;
      while ((due = awaitDue()) != null) {
        ask(due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers null at the end. */
  private synchronized @Nullable Name awaitDue() throws InterruptedException {
    while (!closed) {
      Name next = names.getFirst();
      for (Name name : names) {
        next = name.dueNs - next.dueNs < 0 ? name : next;
      }
      long waitMs = TimeUnit.NANOSECONDS.toMillis(next.dueNs - System.nanoTime());
      if (waitMs <= 0) {
        return next;
      }
      wait(waitMs);
    }
    return null;
  }

  private void ask(Name name) {
    List<InetAddress> known;
    synchronized (this) {
      name.askedNs = System.nanoTime();
      name.dueNs = name.askedNs + AFTER_FAILURE_NS;
      known = name.known;
    }
    String host = name.url.host();
    try {
      Addresses addresses = resolver.lookup(host);
      List<InetAddress> found = addresses.inOrder();
      if (found.isEmpty()) {
        throw new UnknownHostException("the DNS knows no address of " + host);
      }
      learn(name, found, addresses.goodFor().toNanos());
    } catch (IOException e) {
      if (known.isEmpty()) {
        askSystem(name, e);
      } else if (name.failures.count() > 0) {
        LOG.log(Level.WARNING, "fetch: {0}; its last addresses stay in use", e.getMessage());
      }
    }
  }

  /** It may be known where the DNS does not look: {@code /etc/hosts}, a search list. */
  private void askSystem(Name name, IOException failure) {
    try {
      List<InetAddress> found = List.of(InetAddress.getAllByName(name.url.host()));
      learn(name, found, AFTER_FAILURE_NS);
    } catch (UnknownHostException e) {
      if (name.failures.count() > 0) {
        LOG.log(Level.WARNING, "fetch: {0}; asking again in 3 s", failure.getMessage());
      }
    }
  }

  private void learn(Name name, List<InetAddress> found, long goodForNs) {
    boolean changed;
    synchronized (this) {
      changed = !name.known.equals(found);
      name.known = found;
      name.dueNs = name.askedNs + goodForNs;
    }
    if (changed) {
      if (name.changes.count() > 0) {
        LOG.log(Level.INFO, "fetch: {0} is at {1} now", name.url.host(), addresses(found));
      }
      listener.addresses(name.url, found);
    }
  }

  private static String addresses(List<InetAddress> all) {
    return String.join(", ", all.stream().map(InetAddress::getHostAddress).toList());
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
