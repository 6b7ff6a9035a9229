package org.kobako.qemu.stress;

import static org.kobako.qemu.stress.Stress.expect;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the VM itself throws, mostly out of signals and guard pages; and memory that it takes back.
 */
@SuppressWarnings("NullAway") // the nulls are the point
final class Exceptions {
  /** Enough for the compiler to take over half-way. */
  private static final int ROUNDS = 3_000;

  private Exceptions() {}

  private static class Fields {
    int small;
    volatile long shared;
    volatile double real;
    long[] longs = new long[2];

    int method() {
      return small;
    }
  }

  static void nullPointersAreCaught() {
    Fields there = new Fields();
    for (int i = 0; i < ROUNDS; i++) {
      @Nullable Fields fields = i % 3 == 0 ? null : there;
      int caught = 0;
      try {
        fields.small = i;
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        fields.shared = i;
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        expect(fields.shared == i, "a volatile long is another");
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        fields.real = i;
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        expect(fields.real == i, "a volatile double is another");
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        fields.longs[1] = i;
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        expect(fields.method() == i, "a method gives another");
      } catch (NullPointerException e) {
        caught++;
      }
      try {
        synchronized (fields) {
          fields.small = i;
        }
      } catch (NullPointerException e) {
        caught++;
      }
      expect(caught == (fields == null ? 8 : 0), caught + " caught");
    }
  }

  static void arithmeticAndBoundsAreCaught() {
    int[] array = new int[3];
    Object text = "text";
    for (int i = 0; i < ROUNDS; i++) {
      int zero = i & 0;
      int caught = 0;
      try {
        expect(i / zero == 0, "divided by zero");
      } catch (ArithmeticException e) {
        caught++;
      }
      try {
        expect((long) i % zero == 0, "divided by zero");
      } catch (ArithmeticException e) {
        caught++;
      }
      try {
        array[3 + zero] = i;
      } catch (ArrayIndexOutOfBoundsException e) {
        caught++;
      }
      try {
        expect(((Integer) text) == 1, "cast");
      } catch (ClassCastException e) {
        caught++;
      }
      try {
        expect(new int[zero - 1].length == 0, "a negative array");
      } catch (NegativeArraySizeException e) {
        caught++;
      }
      try {
        Object[] texts = new String[1];
        texts[zero] = i;
      } catch (ArrayStoreException e) {
        caught++;
      }
      expect(caught == 6, caught + " caught");
    }
    expect(Integer.MIN_VALUE / -1 == Integer.MIN_VALUE, "int / -1");
    expect(Long.MIN_VALUE / -1 == Long.MIN_VALUE, "long / -1");
  }

  private static int deepest;

  @SuppressWarnings("InfiniteRecursion") // until the stack ends
  private static long descend(long argument) {
    deepest++;
    return descend(argument + 1) + 1;
  }

  /** On the first thread and on a short stack, more than once: the guard pages come back. */
  static void aStackOverflowIsCaught() throws InterruptedException {
    Runnable overflow =
        () -> {
          for (int i = 0; i < 3; i++) {
            deepest = 0;
            try {
              descend(0);
            } catch (StackOverflowError e) {
              expect(deepest > 500, "only " + deepest + " deep");
              continue;
            }
            throw new AssertionError("a bottomless stack");
          }
        };
    overflow.run();
    Throwable[] thrown = new Throwable[1];
    Thread small = new Thread(null, overflow, "short-stack", 256 << 10);
    small.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
    small.start();
    small.join();
    expect(thrown[0] == null, String.valueOf(thrown[0]));
  }

  static void outOfMemoryIsCaught() {
    for (int i = 0; i < 3; i++) {
      List<byte[]> taken = new ArrayList<>();
      try {
        while (true) {
          taken.add(new byte[1 << 20]);
        }
      } catch (OutOfMemoryError e) {
        expect(!taken.isEmpty(), "no memory at all");
      }
      taken.clear();
      expect(new byte[1 << 20].length == 1 << 20, "memory does not come back");
    }
  }

  private static final class Node {
    final int value;
    final byte[] load;
    @Nullable Node next;

    Node(int value) {
      this.value = value;
      this.load = new byte[value % 700];
      for (int i = 0; i < load.length; i++) {
        load[i] = (byte) (value + i);
      }
    }

    boolean isWhole() {
      for (int i = 0; i < load.length; i++) {
        if (load[i] != (byte) (value + i)) {
          return false;
        }
      }
      return load.length == value % 700;
    }
  }

  /** Old objects point to young ones, many collections long. */
  static void whatIsReachableIsKept() {
    Node[] kept = new Node[1_000];
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      Node node = new Node(i);
      node.next = kept[random.nextInt(kept.length)];
      if (node.next != null) {
        node.next.next = null;
      }
      kept[random.nextInt(kept.length)] = node;
    }
    for (Node node : kept) {
      for (Node one = node; one != null; one = one.next) {
        expect(one.isWhole(), "node " + one.value + " is damaged");
      }
    }
    WeakReference<Object> weak = new WeakReference<>(new Object());
    for (int i = 0; i < 10 && weak.get() != null; i++) {
      System.gc();
    }
    expect(weak.get() == null, "garbage is kept");
  }
}
