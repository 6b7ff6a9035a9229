package org.kobako.packer;

import org.kobako.block.format.BlockIndex;

/** One item of a ring: a block that is not zeros, by its place in an index. */
final class BlockTask {
  private BlockIndex index;
  private int number;

  @SuppressWarnings("NullAway.Init") // Set with each use, before any worker sees it.
  BlockTask() {}

  void set(BlockIndex newIndex, int newNumber) {
    index = newIndex;
    number = newNumber;
  }

  BlockIndex index() {
    return index;
  }

  int number() {
    return number;
  }
}
