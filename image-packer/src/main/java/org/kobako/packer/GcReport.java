package org.kobako.packer;

import java.time.Duration;
import java.util.List;
import org.kobako.block.format.StorePath;

/**
 * What {@link StoreCollector} removed, or would remove.
 *
 * @param dryRun whether nothing was removed
 * @param removedVersions indexes of old versions
 * @param keptVersions versions that stay, of all images
 * @param keptBesides those of them that are neither current nor among the newest
 * @param removedBlocks block files that no kept version names
 * @param removedBytes their length
 * @param keptBlocks block files that stay
 * @param removedStagings leftovers of packs that were killed
 */
public record GcReport(
    boolean dryRun,
    List<StorePath.Index> removedVersions,
    int keptVersions,
    List<KeptVersion> keptBesides,
    long removedBlocks,
    long removedBytes,
    long keptBlocks,
    int removedStagings,
    Duration duration) {
  public GcReport {
    removedVersions = List.copyOf(removedVersions);
    keptBesides = List.copyOf(keptBesides);
  }
}
