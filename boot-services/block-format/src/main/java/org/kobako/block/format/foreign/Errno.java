package org.kobako.block.format.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** Where a thread's foreign calls leave their {@code errno}. An instance belongs to one thread. */
public final class Errno {
  static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
  private static final long OFFSET =
      LAYOUT.byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));

  private final MemorySegment state = Arena.ofAuto().allocate(LAYOUT);

  /** The first argument of a function made by {@link ForeignLibrary#functionWithErrno}. */
  public MemorySegment state() {
    return state;
  }

  /** What the last call left, meaningful after a failed one. */
  public int value() {
    return state.get(ValueLayout.JAVA_INT, OFFSET);
  }
}
