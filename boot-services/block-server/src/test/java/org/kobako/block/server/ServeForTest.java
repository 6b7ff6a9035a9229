package org.kobako.block.server;

import java.nio.file.Path;

/** A box in a process of its own: prints its port, serves a store until it is ended. */
final class ServeForTest {
  private ServeForTest() {}

  public static void main(String[] arguments) throws Exception {
    TestBox box = new TestBox(Path.of(arguments[0]));
    System.out.println(box.address().getPort());
    Thread.currentThread().join();
  }
}
