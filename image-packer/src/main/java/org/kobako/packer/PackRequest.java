package org.kobako.packer;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.SigningKey;
import org.kobako.block.format.StorePath;

/**
 * What to pack, whereto and how.
 *
 * @param source a disk image, ISO or other regular file, a block device, or a directory
 * @param store the store's directory; made where it is missing
 * @param level on the codec's own scale, 0 for its default
 * @param signingKey signs the index; null leaves it unsigned
 * @param directoryFilesystem what a source that is a directory is made into
 * @param workers threads that compress; the result does not depend on it
 * @param stripes members of a RAID0 array to pack the source as (images NAME.0ofN ...), 1 for none
 * @param firstVersion the version is this at least
 */
public record PackRequest(
    Path source,
    Path store,
    ImageName name,
    int blockSizeBytes,
    Codec codec,
    int level,
    @Nullable SigningKey signingKey,
    DirectoryFilesystem directoryFilesystem,
    int workers,
    int stripes,
    long firstVersion) {
  public static final int MAX_WORKERS = 256;
  public static final int MAX_STRIPES = 32;

  public PackRequest {
    if (!BlockSize.isValid(blockSizeBytes)) {
      throw new IllegalArgumentException(
          "block size %d is refused: use a power of two, %d..%d"
              .formatted(blockSizeBytes, BlockSize.MIN_BYTES, BlockSize.MAX_BYTES));
    }
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "%d workers are refused: use 1..%d".formatted(workers, MAX_WORKERS));
    }
    if (stripes < 1 || stripes > MAX_STRIPES) {
      throw new IllegalArgumentException(
          "%d stripes are refused: use 1..%d".formatted(stripes, MAX_STRIPES));
    }
    if (!StorePath.isVersion(firstVersion)) {
      throw new IllegalArgumentException("version %d is refused".formatted(firstVersion));
    }
  }

  /** Blocks of 128 KiB by zstd, unsigned, a worker per core, a directory as squashfs. */
  public static PackRequest of(Path source, Path store, ImageName name) {
    return new PackRequest(
        source,
        store,
        name,
        BlockSize.DEFAULT_BYTES,
        Codec.ZSTD,
        0,
        null,
        DirectoryFilesystem.SQUASHFS,
        Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors()),
        1,
        1);
  }

  public PackRequest withBlockSizeBytes(int bytes) {
    return new PackRequest(
        source,
        store,
        name,
        bytes,
        codec,
        level,
        signingKey,
        directoryFilesystem,
        workers,
        stripes,
        firstVersion);
  }

  public PackRequest withCodec(Codec newCodec, int newLevel) {
    return new PackRequest(
        source,
        store,
        name,
        blockSizeBytes,
        newCodec,
        newLevel,
        signingKey,
        directoryFilesystem,
        workers,
        stripes,
        firstVersion);
  }

  public PackRequest withSigningKey(@Nullable SigningKey key) {
    return new PackRequest(
        source,
        store,
        name,
        blockSizeBytes,
        codec,
        level,
        key,
        directoryFilesystem,
        workers,
        stripes,
        firstVersion);
  }

  public PackRequest withDirectoryFilesystem(DirectoryFilesystem filesystem) {
    return new PackRequest(
        source,
        store,
        name,
        blockSizeBytes,
        codec,
        level,
        signingKey,
        filesystem,
        workers,
        stripes,
        firstVersion);
  }

  public PackRequest withWorkers(int count) {
    return new PackRequest(
        source,
        store,
        name,
        blockSizeBytes,
        codec,
        level,
        signingKey,
        directoryFilesystem,
        count,
        stripes,
        firstVersion);
  }

  public PackRequest withStripes(int count) {
    return new PackRequest(
        source,
        store,
        name,
        blockSizeBytes,
        codec,
        level,
        signingKey,
        directoryFilesystem,
        workers,
        count,
        firstVersion);
  }

  /** The same into another store, where versions begin elsewhere. */
  public PackRequest withStore(Path directory, long newFirstVersion) {
    return new PackRequest(
        source,
        directory,
        name,
        blockSizeBytes,
        codec,
        level,
        signingKey,
        directoryFilesystem,
        workers,
        stripes,
        newFirstVersion);
  }
}
