package org.kobako.packer;

/** Who watches long work. Called by the thread that asked for the work, often: it must be quick. */
@FunctionalInterface
public interface Progress {
  /** Nobody watches. */
  Progress NONE = (what, doneBytes, totalBytes) -> {};

  /**
   * Work went on.
   *
   * @param what the stage, for people: {@code packing}
   * @param doneBytes how far it is
   * @param totalBytes how far it goes, 0 where nobody knows
   */
  void step(String what, long doneBytes, long totalBytes);
}
