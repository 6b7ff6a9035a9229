package org.kobako.packer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.MalformedIndexException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.UntrustedIndexException;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;
import org.kobako.packer.RefusedUploadException.Reason;

/**
 * A version of an image that was packed elsewhere and comes piece by piece.
 *
 * <pre>
 * index -> whole, signed, newer, room? -> blocks: missing? -> digest -> staged -> durable -> named
 *                                                         all there? -> index named -> current
 * </pre>
 *
 * <p>The index comes first, so that nothing is taken that no trusted index names; it gets its name
 * last. Blocks get theirs in batches, and when the upload ends, however it does, so that one that
 * is cut off begins again where it ended: those that are named stay until a gc. Who uploads holds
 * the image's lock.
 *
 * <p>Any number of threads may {@link #put}. Memory does not grow with the image.
 */
public final class StoreUpload implements AutoCloseable {
  /** An index of 7 million blocks: 900 GB in blocks of 128 KiB; machines take no longer one. */
  public static final int MAX_INDEX_BYTES = 256 << 20;

  private static final int MAX_BATCH_BLOCKS = 1024;
  private static final long MAX_BATCH_BYTES = 64 << 20;

  /** Looks at so many files for one answer at most: a slow card has a thousand in a second. */
  private static final int MAX_SCAN_BLOCKS = 16 << 10;

  private static final int PIECE_BYTES = 64 << 10;

  private final StoreDirectory store;
  private final ImageName image;
  private final StoreLock lock;
  private final Staging staging;
  private final Path indexFile;
  private final BlockIndex index;
  private final long wantedBytes;
  private final boolean unchanged;

  /** Staged blocks come by the first, and get their names by the second. */
  private final ReadWriteLock batch = new ReentrantReadWriteLock();

  /** Whether there are blocks without a name. */
  private volatile boolean isStaged;

  private final AtomicLong parts = new AtomicLong();
  private final Queue<Receiver> receivers = new ConcurrentLinkedQueue<>();

  /**
   * Blocks that the store has not.
   *
   * @param numbers some of them, in their order
   * @param next from where to ask for more; the image's number of blocks at the end
   */
  public record Missing(List<Integer> numbers, int next) {
    public Missing {
      numbers = List.copyOf(numbers);
    }
  }

  private StoreUpload(
      StoreDirectory store,
      ImageName image,
      StoreLock lock,
      Staging staging,
      Path indexFile,
      BlockIndex index)
      throws IOException {
    this.store = store;
    this.image = image;
    this.lock = lock;
    this.staging = staging;
    this.indexFile = indexFile;
    this.index = index;
    this.unchanged = isCurrent(store, index);
    this.wantedBytes = wantedBytes(store, index);
  }

  /**
   * Begins by the index.
   *
   * @param version which the index must be of
   * @param bytes the whole index
   * @param trust whose indexes are taken
   * @throws RefusedUploadException if it is not taken
   * @throws StoreBusyException if somebody else packs this image or collects the store
   */
  public static StoreUpload begin(
      StoreDirectory store, ImageName image, long version, InputStream bytes, IndexTrust trust)
      throws IOException {
    Optional<StoreLock> free = StoreLock.tryImage(store.root(), image);
    if (free.isEmpty()) {
      throw new StoreBusyException(
          "image %s is being packed or collected: try again after that".formatted(image));
    }
    StoreLock lock = free.get();
    Staging staging = null;
    StoreUpload begun = null;
    try {
      staging = Staging.begin(store, image);
      Path file = staging.file("index");
      receiveIndex(bytes, file);
      BlockIndex index = readIndex(file, image, version, trust);
      StoreUpload upload = new StoreUpload(store, image, lock, staging, file, index);
      upload.requireFit();
      begun = upload;
      return upload;
    } finally {
      if (begun == null) {
        if (staging != null) {
          staging.close();
        }
        lock.close();
      }
    }
  }

  private static void receiveIndex(InputStream bytes, Path file) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long length = 0; ; ) {
        int read = receive(bytes, piece, piece.length);
        if (read == 0) {
          return;
        }
        length += read;
        if (length > MAX_INDEX_BYTES) {
          throw new RefusedUploadException(
              Reason.MALFORMED, "the index has more than %d bytes".formatted(MAX_INDEX_BYTES));
        }
        writeAll(out, ByteBuffer.wrap(piece, 0, read));
      }
    }
  }

  /** Until so many bytes are there, or no more come; what goes wrong is the uploader's matter. */
  private static int receive(InputStream from, byte[] to, int length)
      throws RefusedUploadException {
    try {
      return from.readNBytes(to, 0, length);
    } catch (IOException e) {
      throw new RefusedUploadException(
          Reason.CUT_OFF, "what was sent is cut off: send it again", e);
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static BlockIndex readIndex(Path file, ImageName image, long version, IndexTrust trust)
      throws IOException {
    BlockIndex index;
    try {
      index = StoreDirectory.readIndexFile(file, trust);
    } catch (MalformedIndexException e) {
      throw new RefusedUploadException(
          Reason.MALFORMED, "what was sent is no index: " + e.getMessage(), e);
    } catch (UntrustedIndexException e) {
      throw new RefusedUploadException(Reason.NOT_SIGNED, String.valueOf(e.getMessage()), e);
    }
    if (!index.image().equals(image) || index.version() != version) {
      throw new RefusedUploadException(
          Reason.MALFORMED,
          "the index is of image %s version %d, and %s version %d was announced"
              .formatted(index.image(), index.version(), image, version));
    }
    return index;
  }

  private void requireFit() throws IOException {
    List<Long> versions = store.versions(image);
    if (!unchanged && !versions.isEmpty() && versions.getLast() >= index.version()) {
      throw new RefusedUploadException(
          Reason.NOT_NEWER,
          "image %s has version %d, and version %d was sent: pack it again"
              .formatted(image, versions.getLast(), index.version()));
    }
    long room = store.root().toFile().getUsableSpace();
    if (wantedBytes > room) {
      throw new RefusedUploadException(
          Reason.NO_ROOM,
          "image %s needs %d bytes more, and the disk has room for %d: remove old versions with kobako gc, or take a larger disk"
              .formatted(image, wantedBytes, room));
    }
  }

  /** Whether machines boot the very same already, signed by the same key. */
  private static boolean isCurrent(StoreDirectory store, BlockIndex index) throws IOException {
    try {
      OptionalLong current = store.currentVersion(index.image());
      if (current.isEmpty()) {
        return false;
      }
      BlockIndex there =
          store.readIndex(index.image(), current.getAsLong(), new IndexTrust.Anyone());
      return there.sameContent(index) && there.signer().equals(index.signer());
    } catch (BlockException damaged) {
      return false; // a new version puts it right
    }
  }

  private static long wantedBytes(StoreDirectory store, BlockIndex index) throws IOException {
    List<BlockIndex> one = List.of(index);
    BlockDigest digest = new BlockDigest();
    long[] bytes = {0};
    int passes = NamedBlocks.passes(one);
    for (int pass = 0; pass < passes; pass++) {
      new NamedBlocks(one)
          .addAll(
              pass,
              passes,
              (named, number) -> {
                if (isMissing(store, named, number, digest)) {
                  bytes[0] += named.storedLength(number);
                }
              });
    }
    return bytes[0];
  }

  private static boolean isMissing(
      StoreDirectory store, BlockIndex index, int number, BlockDigest digest) {
    if (index.isZeros(number)) {
      return false;
    }
    index.digest(number, digest);
    // File.length answers 0 for what is not there.
    return store.blockFile(digest.toHex()).toFile().length() != index.storedLength(number);
  }

  public long version() {
    return index.version();
  }

  /** Whether the store has the same content as the current version, so that none is made. */
  public boolean isUnchanged() {
    return unchanged;
  }

  /** Stored bytes that the store had not when the upload began, equal blocks counted once. */
  public long wantedBytes() {
    return wantedBytes;
  }

  /**
   * Which blocks to send next. Those that came before get their names now, for good.
   *
   * @param from the first block to look at
   */
  public Missing missing(int from) throws IOException {
    nameStagedBlocks();
    List<Integer> numbers = new ArrayList<>();
    BlockDigest digest = new BlockDigest();
    long bytes = 0;
    int number = Math.max(0, from);
    long end = Math.min(index.blockCount(), (long) number + MAX_SCAN_BLOCKS);
    for (; number < end && numbers.size() < MAX_BATCH_BLOCKS && bytes < MAX_BATCH_BYTES; number++) {
      if (isMissing(store, index, number, digest)) {
        numbers.add(number);
        bytes += index.storedLength(number);
      }
    }
    return new Missing(numbers, number);
  }

  private void nameStagedBlocks() throws IOException {
    batch.writeLock().lock();
    try {
      staging.publishBlocks(List.of(image), Progress.NONE);
      isStaged = false;
    } finally {
      batch.writeLock().unlock();
    }
  }

  /**
   * Takes a block.
   *
   * @param number its ordinal in the image
   * @param bytes exactly as many as the index says
   * @throws RefusedUploadException if they are others than the index says
   */
  public void put(int number, InputStream bytes) throws IOException {
    if (number < 0 || number >= index.blockCount() || index.isZeros(number)) {
      throw new RefusedUploadException(
          Reason.MALFORMED, "image %s has no stored block %d".formatted(image, number));
    }
    Receiver idle = receivers.poll();
    Receiver receiver = idle == null ? new Receiver() : idle;
    Path part = staging.file("part-" + parts.incrementAndGet());
    try {
      receiver.receive(number, bytes, part);
      batch.readLock().lock();
      try {
        staging.keep(part, receiver.digest);
        isStaged = true;
      } finally {
        batch.readLock().unlock();
      }
    } finally {
      Files.deleteIfExists(part);
      receivers.add(receiver);
    }
  }

  /** One thread's tools. */
  private final class Receiver {
    private final BlockDigest digest = new BlockDigest();
    private final BlockDigest actual = new BlockDigest();
    private final Digester digester = Digesters.newDigester();
    private final OffHeapBuffer piece = OffHeapBuffer.allocate(PIECE_BYTES);
    private final byte[] bytes = new byte[PIECE_BYTES];

    /** Writes to a file what has the digest that the index names; after a failure, anything. */
    void receive(int number, InputStream from, Path part) throws IOException {
      index.digest(number, digest);
      digester.begin();
      int left = index.storedLength(number);
      try (FileChannel out =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        while (left > 0) {
          int length = StoreUpload.receive(from, bytes, Math.min(left, PIECE_BYTES));
          if (length == 0) {
            throw new RefusedUploadException(
                Reason.CUT_OFF,
                "block %d is cut off with %d bytes to come: send it again".formatted(number, left),
                new EOFException());
          }
          piece.bytes().clear().put(bytes, 0, length).flip();
          digester.update(piece, length);
          writeAll(out, piece.bytes());
          left -= length;
        }
      }
      digester.end(actual);
      if (!actual.sameAs(digest)) {
        throw new RefusedUploadException(
            Reason.MALFORMED,
            "block %d has other bytes than the index says: its digest is %s, expected %s"
                .formatted(number, actual, digest));
      }
    }
  }

  /** Stored bytes of a block; -1 where the image has no such block. */
  public int storedLength(int number) {
    return number < 0 || number >= index.blockCount() || index.isZeros(number)
        ? -1
        : index.storedLength(number);
  }

  /**
   * Makes this version the current one, for good.
   *
   * @throws RefusedUploadException if a block is missing
   */
  public void publish() throws IOException {
    nameStagedBlocks();
    BlockDigest digest = new BlockDigest();
    for (int number = 0; number < index.blockCount(); number++) {
      if (isMissing(store, index, number, digest)) {
        throw new RefusedUploadException(
            Reason.INCOMPLETE,
            "block %d of image %s is not here: ask which are missing, and send them"
                .formatted(number, image));
      }
    }
    staging.publishVersion(indexFile, image, index.version());
  }

  /** Ends it. Blocks that have come get their names, so that they need not come again. */
  @Override
  public void close() throws IOException {
    try {
      if (isStaged) {
        nameStagedBlocks();
      }
    } finally {
      staging.close();
      lock.close();
    }
  }
}
