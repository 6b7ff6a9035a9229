package org.kobako.packer;

import java.util.List;
import java.util.stream.IntStream;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;

/**
 * A source as the members of a Linux md RAID0 array: chunk {@code c} of the source is chunk {@code
 * c / N} of member {@code c % N}. The last row of chunks is filled up with zeros, so that members
 * are equally long and md has a single zone. What puts them together again:
 *
 * <pre>mdadm --build /dev/md0 --level=0 --chunk=512 --raid-devices=N ...</pre>
 *
 * <p>One stripe is no array: the image is the source, and keeps its name and length.
 */
record Stripes(int count, int blockSizeBytes, long sourceLength) {
  /** mdadm's default, in bytes; a chunk holds one block at least. */
  static final int CHUNK_BYTES = 512 << 10;

  Stripes {
    if (count < 1 || !BlockSize.isValid(blockSizeBytes) || sourceLength < 0) {
      throw new IllegalArgumentException(
          count + " stripes of " + sourceLength + " bytes in blocks of " + blockSizeBytes);
    }
  }

  int chunkBytes() {
    return Math.max(CHUNK_BYTES, blockSizeBytes);
  }

  /** Names of the images: the name itself, or {@code NAME.0of4}, {@code NAME.1of4} ... */
  static List<ImageName> members(ImageName name, int count) {
    return count == 1
        ? List.of(name)
        : IntStream.range(0, count)
            .mapToObj(member -> new ImageName(name + "." + member + "of" + count))
            .toList();
  }

  /** Length of each image in bytes. */
  long memberLength() {
    if (count == 1) {
      return sourceLength;
    }
    long row = (long) count * chunkBytes();
    return (sourceLength + row - 1) / row * chunkBytes();
  }

  /** Blocks of all images together; those beyond the source are zeros. */
  long blocks() {
    return count * BlockSize.blocksOf(memberLength(), blockSizeBytes);
  }

  /** The member that a block of the source, counted from its start, belongs to. */
  int memberOf(long sourceBlock) {
    return (int) (sourceBlock / blocksPerChunk() % count);
  }

  /** Its number within that member. */
  int numberOf(long sourceBlock) {
    int perChunk = blocksPerChunk();
    return (int) (sourceBlock / perChunk / count * perChunk + sourceBlock % perChunk);
  }

  private int blocksPerChunk() {
    return chunkBytes() / blockSizeBytes;
  }
}
