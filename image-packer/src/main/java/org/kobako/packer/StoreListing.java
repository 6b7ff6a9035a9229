package org.kobako.packer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;

/**
 * What a store holds.
 *
 * @param versions all that can be read, by image and then oldest first
 * @param storedBytes length of the blocks that they name, equal ones counted once
 * @param problems of those that cannot be read, a sentence each
 */
public record StoreListing(List<Version> versions, long storedBytes, List<String> problems) {
  public StoreListing {
    versions = List.copyOf(versions);
    problems = List.copyOf(problems);
  }

  /**
   * One version of an image.
   *
   * @param current whether machines boot it
   * @param plainBytes length of the disk
   * @param storedBytes of all its blocks, equal ones counted each time
   * @param sharedBytes of those whose equal a version before it in the list has, or it has itself
   *     already
   * @param signer of the key that signed it; empty where nobody did
   */
  public record Version(
      ImageName image,
      long version,
      boolean current,
      long plainBytes,
      long storedBytes,
      long sharedBytes,
      Optional<String> signer) {}

  /**
   * Lists a store by its indexes; blocks are not looked at.
   *
   * @throws IOException if the store cannot be listed; a version that cannot be read is a problem
   */
  public static StoreListing of(StoreDirectory store) throws IOException {
    List<BlockIndex> indexes = new ArrayList<>();
    List<Boolean> current = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (ImageName image : store.images()) {
      OptionalLong currentVersion = OptionalLong.empty();
      try {
        currentVersion = store.currentVersion(image);
      } catch (BlockException e) {
        problems.add("image %s: %s".formatted(image, e.getMessage()));
      }
      for (long version : store.versions(image)) {
        try {
          indexes.add(store.readIndex(image, version, new IndexTrust.Anyone()));
          current.add(currentVersion.equals(OptionalLong.of(version)));
        } catch (BlockException e) {
          problems.add("image %s version %d: %s".formatted(image, version, e.getMessage()));
        }
      }
    }
    Map<BlockIndex, Long> ownBytes = ownBytes(indexes);
    List<Version> versions = new ArrayList<>();
    long storedBytes = 0;
    for (int i = 0; i < indexes.size(); i++) {
      BlockIndex index = indexes.get(i);
      long own = ownBytes.getOrDefault(index, 0L);
      long sum = index.storedLengthSum();
      storedBytes += own;
      versions.add(
          new Version(
              index.image(),
              index.version(),
              current.get(i),
              index.plainLength(),
              sum,
              sum - own,
              index.signer()));
    }
    return new StoreListing(versions, storedBytes, problems);
  }

  /** Of each index: stored bytes of the blocks that it is the first to name. */
  private static Map<BlockIndex, Long> ownBytes(List<BlockIndex> indexes) throws IOException {
    Map<BlockIndex, Long> ownBytes = new IdentityHashMap<>();
    int passes = NamedBlocks.passes(indexes);
    for (int pass = 0; pass < passes; pass++) {
      new NamedBlocks(indexes)
          .addAll(
              pass,
              passes,
              (index, number) ->
                  ownBytes.merge(index, (long) index.storedLength(number), Long::sum));
    }
    return ownBytes;
  }
}
