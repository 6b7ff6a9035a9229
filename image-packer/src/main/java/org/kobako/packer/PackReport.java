package org.kobako.packer;

import java.time.Duration;
import org.kobako.block.format.ImageName;

/**
 * What a pack did. Of a striped pack, the sums over its members.
 *
 * @param version the current version now
 * @param unchanged whether the current version had this content already, so that no new one was
 *     made
 * @param plainBytes length of the image
 * @param blocks blocks of the image, those of zeros included
 * @param zeroBlocks blocks that are all zeros and are not stored
 * @param storedBlocks block files written now
 * @param sharedBlocks blocks that need no file of their own: equal to another of this image or of
 *     the store
 * @param storedBytes stored bytes of all blocks, equal ones counted each time
 * @param newBytes bytes of the block files written now
 */
public record PackReport(
    ImageName name,
    long version,
    boolean unchanged,
    long plainBytes,
    long blocks,
    long zeroBlocks,
    long storedBlocks,
    long sharedBlocks,
    long storedBytes,
    long newBytes,
    Duration duration) {}
