package org.kobako.block.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.MalformedIndexException;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.UntrustedIndexException;

/**
 * Finds the newest index that may be trusted among all upstreams: asks each for its current
 * version, then fetches from the newest down until one is sound. An upstream that lies costs time,
 * never trust.
 */
final class ImageOpener {
  private static final int MAX_CURRENT_BYTES = 64;

  /** An index of 7 million blocks: 900 GB in blocks of 128 KiB. */
  private static final int MAX_INDEX_BYTES = 256 << 20;

  private final AttachConfig config;
  private final Upstreams upstreams;
  private final IndexTrust trust;
  private final List<String> refusals = new ArrayList<>();
  private @Nullable BlockException mostTelling;

  ImageOpener(AttachConfig config, Upstreams upstreams) {
    this.config = config;
    this.upstreams = upstreams;
    this.trust =
        config.trust() == null ? new IndexTrust.Anyone() : new IndexTrust.SignedBy(config.trust());
  }

  /**
   * @throws BlockException if no upstream has a sound index, with what each of them said
   * @throws IOException if the versions seen before cannot be read or written
   */
  BlockIndex open() throws IOException {
    for (long version : versions()) {
      Optional<BlockIndex> index = open(version);
      if (index.isPresent()) {
        return index.get();
      }
    }
    String reasons = String.join("; ", refusals);
    String message = "image " + config.image() + " cannot be attached: " + reasons;
    throw switch (mostTelling) {
      case UntrustedIndexException e -> new UntrustedIndexException(message, e);
      case MalformedIndexException e -> new MalformedIndexException(message, e);
      case UnreachableSourceException e -> new UnreachableSourceException(message, e);
      case null, default -> new MissingBlockException(message);
    };
  }

  private NavigableSet<Long> versions() {
    TreeSet<Long> versions = new TreeSet<>();
    if (config.version().isPresent()) {
      versions.add(config.version().getAsLong());
      return versions;
    }
    StorePath current = new StorePath.Current(config.image());
    for (Upstreams.Copy copy : upstreams.copies(current, MAX_CURRENT_BYTES)) {
      ByteBuffer bytes = copy.bytes();
      if (bytes == null) {
        refuse(copy.failure());
        continue;
      }
      String text = StandardCharsets.US_ASCII.decode(bytes).toString();
      Optional<Long> version = StorePath.parseCurrent(text);
      if (version.isPresent()) {
        versions.add(version.get());
      } else {
        refuse(new MalformedIndexException(copy.from() + ": its current version is no number"));
      }
    }
    return versions.descendingSet();
  }

  private Optional<BlockIndex> open(long version) throws IOException {
    StorePath path = new StorePath.Index(config.image(), version);
    for (Upstreams.Copy copy : upstreams.copies(path, MAX_INDEX_BYTES)) {
      ByteBuffer bytes = copy.bytes();
      if (bytes == null) {
        refuse(copy.failure());
        continue;
      }
      try {
        BlockIndex index = BlockIndex.read(bytes, trust);
        accept(index, version);
        return Optional.of(index);
      } catch (MalformedIndexException e) {
        refuse(new MalformedIndexException(copy.from() + ": " + e.getMessage(), e));
      } catch (UntrustedIndexException e) {
        refuse(new UntrustedIndexException(copy.from() + ": " + e.getMessage(), e));
      }
    }
    return Optional.empty();
  }

  /** A sound index may still be the wrong one: another image's under this name, or an old one. */
  private void accept(BlockIndex index, long version) throws IOException {
    ImageName image = config.image();
    if (!index.image().equals(image) || index.version() != version) {
      throw new UntrustedIndexException(
          "the index is of image "
              + index.image()
              + " version "
              + index.version()
              + ", and "
              + image
              + " version "
              + version
              + " was asked for");
    }
    if (version < config.minVersion()) {
      throw new UntrustedIndexException(
          "version " + version + " is older than the oldest allowed, " + config.minVersion());
    }
    if (config.trust() != null && config.seenVersions() != null) {
      new SeenVersions(config.seenVersions()).accept(config.trust(), image, version);
    }
  }

  private void refuse(@Nullable BlockException reason) {
    if (reason == null) {
      return;
    }
    refusals.add(reason.getMessage());
    if (mostTelling == null || rank(reason) > rank(mostTelling)) {
      mostTelling = reason;
    }
  }

  private static int rank(BlockException e) {
    return switch (e) {
      case UntrustedIndexException untrusted -> 4;
      case MalformedIndexException malformed -> 3;
      case CorruptBlockException corrupt -> 2;
      case UnreachableSourceException unreachable -> 1;
      case MissingBlockException missing -> 0;
    };
  }
}
