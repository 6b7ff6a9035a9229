package org.kobako.block.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.kobako.block.client.cache.BlockCache;
import org.kobako.block.client.fetch.FetchCounters;
import org.kobako.block.client.fetch.UpstreamState;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ReaderAgent;
import org.kobako.block.format.StorePath;

/**
 * An image that is being read: its index, its upstreams and the {@link Disk} to mount. The one
 * entry of this module.
 *
 * <p>Threads: "kobako-prefetch-N", "kobako-presence" and those of {@link Upstreams}; all end with
 * {@link #close}.
 */
public final class AttachedImage implements AutoCloseable {
  private final BlockIndex index;
  private final Upstreams upstreams;
  private final ReadPath readPath;
  private final Presence presence;

  private AttachedImage(
      BlockIndex index, Upstreams upstreams, ReadPath readPath, Presence presence) {
    this.index = index;
    this.upstreams = upstreams;
    this.readPath = readPath;
    this.presence = presence;
  }

  /**
   * Finds the newest trusted index among the upstreams and makes its disk readable.
   *
   * @throws org.kobako.block.format.BlockException if none of them has a sound, trusted index
   * @throws IOException if the versions seen before cannot be read or written
   */
  public static AttachedImage open(AttachConfig config) throws IOException {
    return open(config, Presence.PERIOD);
  }

  static AttachedImage open(AttachConfig config, Duration presencePeriod) throws IOException {
    StorePath smallFile = new StorePath.Current(config.image());
    Upstreams upstreams =
        new Upstreams(
            config.upstreams(), config.proxy(), config.nameServers(), smallFile, config.patience());
    try {
      BlockIndex index = new ImageOpener(config, upstreams).open();
      upstreams.readAs(new ReaderAgent(index.image(), index.version()));
      ReadPath readPath = new ReadPath(index, upstreams, config.readPath());
      return new AttachedImage(
          index, upstreams, readPath, new Presence(upstreams, smallFile, presencePeriod));
    } catch (IOException | RuntimeException e) {
      upstreams.close();
      throw e;
    }
  }

  public BlockIndex index() {
    return index;
  }

  public Disk disk() {
    return readPath;
  }

  /** Replies that {@link Disk#newReply} can hand out before the block cache is too small. */
  public int maxReplies() {
    return readPath.maxReplies();
  }

  /** The stores behind it, as one. */
  public Upstreams upstreams() {
    return upstreams;
  }

  public FetchCounters counters() {
    return upstreams.counters();
  }

  public List<UpstreamState> upstreamStates() {
    return upstreams.states();
  }

  BlockCache cache() {
    return readPath.cache();
  }

  /** Reads that wait for an upstream fail; to be called after the mounts are closed. */
  @Override
  public void close() {
    presence.close();
    readPath.close();
    upstreams.close();
  }
}
