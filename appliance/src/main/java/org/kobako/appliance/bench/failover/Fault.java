package org.kobako.appliance.bench.failover;

import java.io.IOException;

/** A way in which boxes fail. */
public enum Fault {
  /** Packets vanish, both ways. */
  CABLE("cable", "cable out: packets vanish both ways") {
    @Override
    void strike(BenchBox box) throws IOException, InterruptedException {
      box.pullCable();
    }

    @Override
    void restore(BenchBox box) throws IOException, InterruptedException {
      box.plugCable();
    }
  },
  /** Its process is gone: its kernel resets connections and refuses new ones. */
  KILL("kill", "the box's process is killed; restored is when a new one says that it is ready") {
    @Override
    void strike(BenchBox box) throws InterruptedException {
      box.kill();
    }

    @Override
    void restore(BenchBox box) throws IOException {
      box.startAgain();
    }
  },
  /** Connections are accepted and nobody answers. */
  FROZEN("frozen", "its process is stopped: connections are accepted, nobody answers") {
    @Override
    void strike(BenchBox box) throws IOException, InterruptedException {
      box.freeze();
    }

    @Override
    void restore(BenchBox box) throws IOException, InterruptedException {
      box.thaw();
    }
  },
  /** Answers in time, and wrong. */
  WRONG_BYTES("wrong-bytes", "a bit of every stored block is turned over in the box's store") {
    @Override
    void strike(BenchBox box) throws IOException {
      box.flipBits();
    }

    @Override
    void restore(BenchBox box) throws IOException {
      box.flipBits();
    }

    @Override
    boolean silences() {
      return false;
    }
  },
  /** Answers well, and late. */
  SLOW_DISK("slow-disk", "a relay before the box holds each answer back for 1-5 s") {
    @Override
    void strike(BenchBox box) throws IOException {
      box.slowDown();
    }

    @Override
    void restore(BenchBox box) throws IOException {
      box.speedUp();
    }

    @Override
    String urlOf(BenchBox box) {
      return box.relayUrl();
    }
  };

  private final String word;
  private final String what;

  Fault(String word, String what) {
    this.word = word;
    this.what = what;
  }

  public String word() {
    return word;
  }

  /** What is done to the box, for people. */
  String what() {
    return what;
  }

  /** Whether a box that it strikes sends nothing that counts. */
  boolean silences() {
    return true;
  }

  /** Where the machine must ask the box so that this fault can strike. */
  String urlOf(BenchBox box) {
    return box.url();
  }

  abstract void strike(BenchBox box) throws IOException, InterruptedException;

  abstract void restore(BenchBox box) throws IOException, InterruptedException;
}
