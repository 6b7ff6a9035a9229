package org.kobako.block.format.digest;

/** Makes digesters of the form that is the fastest here. */
public final class Digesters {
  private Digesters() {}

  /** A digester for the calling thread. */
  public static Digester newDigester() {
    return new JdkDigester();
  }
}
