package org.kobako.qemu.stress;

import java.util.List;

/**
 * {@code Tears ROUNDS [ACCESS...]}: counts 64-bit reads that got half of one write and half of
 * another. One line each: {@code ACCESS TORN of READS}.
 */
final class Tears {
  private Tears() {}

  public static void main(String[] words) throws InterruptedException {
    int rounds = Integer.parseInt(words[0]);
    List<String> wanted = List.of(words).subList(1, words.length);
    int all = 0;
    for (LongAccess access : LongAccess.values()) {
      if (wanted.isEmpty() || wanted.contains(access.name())) {
        all += torn(access, rounds);
      }
    }
    System.exit(all == 0 ? 0 : 1);
  }

  /** Slices of a few milliseconds, so that compiled code takes over within the run. */
  private static int torn(LongAccess access, int rounds) throws InterruptedException {
    int slice = 1000;
    Writer writer = new Writer(access, slice);
    writer.start();
    int torn = 0;
    for (int done = 0; done < rounds; done += slice) {
      torn += access.tornReads(slice);
    }
    writer.end();
    System.out.println(access + " " + torn + " of " + rounds);
    return torn;
  }

  private static final class Writer extends Thread {
    private final LongAccess access;
    private final int slice;
    private volatile boolean ended;

    Writer(LongAccess access, int slice) {
      super("writer");
      this.access = access;
      this.slice = slice;
    }

    @Override
    public void run() {
      while (!ended) {
        access.write(slice);
      }
    }

    void end() throws InterruptedException {
      ended = true;
      join();
    }
  }
}
