package org.kobako.qemu.stress;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code Stress}: what a box and a machine lean on, each check some seconds at most. One line each:
 * {@code ok NAME}, or {@code FAILED NAME} and why; ends with 1 if one failed.
 */
final class Stress {
  /** Fails by throwing. */
  interface Check {
    void run() throws Throwable;
  }

  private static final Map<String, Check> CHECKS = new LinkedHashMap<>();

  static {
    CHECKS.put("atomics", Concurrency::atomicsLoseNoStep);
    CHECKS.put("locks", Concurrency::locksLetOneIn);
    CHECKS.put("waiting", Concurrency::waitersAreWoken);
    CHECKS.put("publication", Concurrency::whatIsPublishedIsWhole);
    CHECKS.put("pools", Concurrency::poolsDoAllTheirTasks);
    CHECKS.put("virtual threads", Concurrency::virtualThreadsEnd);
    CHECKS.put("class initialization", Concurrency::aClassIsInitializedOnce);
    CHECKS.put("null pointers", Exceptions::nullPointersAreCaught);
    CHECKS.put("arithmetic and bounds", Exceptions::arithmeticAndBoundsAreCaught);
    CHECKS.put("stack overflow", Exceptions::aStackOverflowIsCaught);
    CHECKS.put("out of memory", Exceptions::outOfMemoryIsCaught);
    CHECKS.put("garbage", Exceptions::whatIsReachableIsKept);
    CHECKS.put("integers", Numbers::integersAreExact);
    CHECKS.put("floating point", Numbers::floatingPointIsIeee754);
    CHECKS.put("text of numbers", Numbers::numbersAreReadAsWritten);
    CHECKS.put("buffers", Numbers::buffersHaveBothByteOrders);
    CHECKS.put("digests", Numbers::digestsAreTheKnownOnes);
    CHECKS.put("zlib", Numbers::zlibGivesBackWhatItGot);
    CHECKS.put("files", Platform::filesAndMappingsAgree);
    CHECKS.put("sockets", Platform::socketsCarryEveryByte);
    CHECKS.put("processes", Platform::processesAnswer);
    CHECKS.put("clocks", Platform::clocksGoOn);
    CHECKS.put("foreign functions", Platform::foreignFunctionsAnswer);
    CHECKS.put("lambdas and reflection", Platform::lambdasAndReflectionAgree);
  }

  private Stress() {}

  public static void main(String[] words) {
    int failed = 0;
    for (Map.Entry<String, Check> check : CHECKS.entrySet()) {
      try {
        check.getValue().run();
        System.out.println("ok " + check.getKey());
      } catch (Throwable e) {
        failed++;
        System.out.println("FAILED " + check.getKey() + ": " + e);
        e.printStackTrace(System.out);
      }
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
