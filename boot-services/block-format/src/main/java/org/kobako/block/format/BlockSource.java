package org.kobako.block.format;

/**
 * Where stored blocks come from: a store's directory, a box, or several of them behind one another.
 * Sources nest, and each can say what it is.
 */
public interface BlockSource extends AutoCloseable {
  /**
   * Fills {@link FetchedBlock#staging} with the {@link FetchedBlock#storedLength} bytes of the
   * block that {@link FetchedBlock#expected} names. Called by any thread, each with a block of its
   * own; does not verify.
   *
   * @throws MissingBlockException if the source has no such block
   * @throws CorruptBlockException if what is there has another length
   * @throws UnreachableSourceException if the source gave no answer, or not in time
   */
  void fetch(FetchedBlock block) throws BlockException;

  /** One phrase for people: {@code http://box1} or {@code directory /srv/store}. */
  String describe();

  @Override
  void close();
}
