package org.kobako.packer;

import java.time.Duration;

/**
 * What {@link ImageUnpacker} wrote.
 *
 * @param plainBytes length of the disk
 * @param blocks blocks of the image, those of zeros included
 * @param zeroBlocks blocks of zeros, which are holes in a regular file
 */
public record UnpackReport(long plainBytes, long blocks, long zeroBlocks, Duration duration) {}
