package org.kobako.block.format.foreign;

import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;

/**
 * Something that a library made for us and wants back: freed by {@link #close}, or when its owner
 * is no longer reachable. Belongs to its owner's thread.
 */
public final class ForeignContext implements AutoCloseable {
  private static final Cleaner CLEANER =
      Cleaner.create(task -> {
        Thread thread = new Thread(task, "foreign-context-cleaner");
        thread.setDaemon(true);
        return thread;
      });

  private final long address;
  private final Cleaner.Cleanable cleanable;
  private boolean closed;

  /**
   * Takes over what a library made.
   *
   * @param address the library's answer
   * @param free the library's function for it, of one pointer
   * @throws OutOfMemoryError if the answer is null
   */
  public ForeignContext(Object owner, String what, long address, MethodHandle free) {
    if (address == 0) {
      throw new OutOfMemoryError("no memory for a " + what);
    }
    this.address = address;
    this.cleanable = CLEANER.register(owner, new Free(address, free));
  }

  /** For a foreign call, during which the owner must be kept reachable. */
  public long address() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    return address;
  }

  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }

  private record Free(long address, MethodHandle free) implements Runnable {
    @Override
    public void run() {
      try {
        free.invoke(address);
      } catch (Throwable e) {
        throw ForeignLibrary.unexpected(e);
      }
    }
  }
}
