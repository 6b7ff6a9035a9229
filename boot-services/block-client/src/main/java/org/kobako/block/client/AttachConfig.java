package org.kobako.block.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.TrustKey;

/**
 * Which image, from where, and whose word counts.
 *
 * @param version the version to read; empty for the current one
 * @param upstreams stores that have it, any number of them at once
 * @param proxy a forward proxy to go through, or null
 * @param nameServers who knows what an upstream's name stands for
 * @param trust the key that must have signed the index, or null to take any whole index
 * @param minVersion older versions are refused; at least 1
 * @param seenVersions directory that remembers the newest version seen of each image that {@code
 *     trust} signed, so that an older one is refused for good; null to remember nothing
 * @param patience how long a read goes on while upstreams do not answer, before it fails
 */
public record AttachConfig(
    ImageName image,
    OptionalLong version,
    List<UpstreamUrl> upstreams,
    @Nullable UpstreamUrl proxy,
    NameServers nameServers,
    @Nullable TrustKey trust,
    long minVersion,
    @Nullable Path seenVersions,
    Duration patience,
    ReadPathConfig readPath) {
  /** Long enough for a box to be unplugged, carried to another socket and started again. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(2);

  public AttachConfig {
    upstreams = List.copyOf(upstreams);
  }

  /** The same with the system's own name servers. */
  public AttachConfig(
      ImageName image,
      OptionalLong version,
      List<UpstreamUrl> upstreams,
      @Nullable UpstreamUrl proxy,
      @Nullable TrustKey trust,
      long minVersion,
      @Nullable Path seenVersions,
      Duration patience,
      ReadPathConfig readPath) {
    this(
        image,
        version,
        upstreams,
        proxy,
        NameServers.ofSystem(),
        trust,
        minVersion,
        seenVersions,
        patience,
        readPath);
  }

  /** The current version, any signer, defaults for the rest. */
  public static AttachConfig of(ImageName image, List<UpstreamUrl> upstreams) {
    return new AttachConfig(
        image,
        OptionalLong.empty(),
        upstreams,
        null,
        null,
        1,
        null,
        DEFAULT_PATIENCE,
        ReadPathConfig.DEFAULT);
  }

  /** The same with a key that must have signed the index. */
  public AttachConfig withTrust(@Nullable TrustKey key) {
    return new AttachConfig(
        image,
        version,
        upstreams,
        proxy,
        nameServers,
        key,
        minVersion,
        seenVersions,
        patience,
        readPath);
  }

  /** The same for one version, whatever is current. */
  public AttachConfig withVersion(long number) {
    return new AttachConfig(
        image,
        OptionalLong.of(number),
        upstreams,
        proxy,
        nameServers,
        trust,
        minVersion,
        seenVersions,
        patience,
        readPath);
  }
}
