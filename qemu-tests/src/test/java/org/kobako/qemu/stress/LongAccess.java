package org.kobako.qemu.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A way to write and read 64 bits that Java promises to be whole (JLS 17.7). Each has loops of its
 * own, in which the VM interprets and compiles its own bytecodes and intrinsics.
 */
enum LongAccess {
  STATIC_FIELD {
    private static volatile long shared;

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        shared = NOTHING;
        shared = EVERYTHING;
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(shared);
      }
      return torn;
    }
  },

  FIELD {
    private volatile long shared;

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        shared = NOTHING;
        shared = EVERYTHING;
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(shared);
      }
      return torn;
    }
  },

  DOUBLE_FIELD {
    private volatile double shared;

    @Override
    void write(int rounds) {
      double nothing = Double.longBitsToDouble(NOTHING);
      double everything = Double.longBitsToDouble(EVERYTHING);
      for (int i = 0; i < rounds; i++) {
        shared = nothing;
        shared = everything;
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(Double.doubleToRawLongBits(shared));
      }
      return torn;
    }
  },

  STATIC_DOUBLE_FIELD {
    private static volatile double shared;

    @Override
    void write(int rounds) {
      double nothing = Double.longBitsToDouble(NOTHING);
      double everything = Double.longBitsToDouble(EVERYTHING);
      for (int i = 0; i < rounds; i++) {
        shared = nothing;
        shared = everything;
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(Double.doubleToRawLongBits(shared));
      }
      return torn;
    }
  },

  ATOMIC {
    private final AtomicLong shared = new AtomicLong();

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        shared.set(NOTHING);
        shared.setRelease(EVERYTHING);
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(shared.get()) + torn(shared.getAcquire());
      }
      return torn;
    }
  },

  /** By compare-and-set, beside plain writes of the same thread. */
  COMPARE_AND_SET {
    private final AtomicLong shared = new AtomicLong();

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        shared.set(NOTHING);
        if (!shared.compareAndSet(NOTHING, EVERYTHING)) {
          throw new AssertionError("the only writer finds " + shared.get());
        }
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(shared.compareAndExchange(1, 1));
      }
      return torn;
    }
  },

  ARRAY_ELEMENT {
    private final AtomicLongArray shared = new AtomicLongArray(3);

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        shared.set(1, NOTHING);
        shared.set(1, EVERYTHING);
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn(shared.get(1));
      }
      return torn;
    }
  },

  /** Opaque: no order, whole all the same. */
  VAR_HANDLE {
    private final Holder holder = new Holder();

    @Override
    void write(int rounds) {
      for (int i = 0; i < rounds; i++) {
        Holder.VALUE.setOpaque(holder, NOTHING);
        Holder.VALUE.setOpaque(holder, EVERYTHING);
      }
    }

    @Override
    int tornReads(int rounds) {
      int torn = 0;
      for (int i = 0; i < rounds; i++) {
        torn += torn((long) Holder.VALUE.getOpaque(holder));
      }
      return torn;
    }
  };

  // Both words differ between the two.
  private static final long NOTHING = 0;
  private static final long EVERYTHING = 0x5555_5555_5555_5555L;

  private static final class Holder {
    static final VarHandle VALUE;

    @SuppressWarnings("unused") // by VALUE
    private long value;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Holder.class, "value", long.class);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Writes the one and the other value by turns; one thread at a time. */
  abstract void write(int rounds);

  /** Reads, beside the writer, and counts what was never written. */
  abstract int tornReads(int rounds);

  private static int torn(long read) {
    return read == NOTHING || read == EVERYTHING ? 0 : 1;
  }
}
