package org.kobako.appliance.box;

/**
 * How many threads, connections and buffers a box may have: every bound of its one Jetty, by the
 * heap that the VM was given, which {@code box-jvm-options.sh} makes fit the machine. A connection
 * takes some 20 KB of heap, a thread some 60 KB outside of it.
 *
 * @param selectors wait for requests, and send what lies in a store
 * @param maxHttpThreads with the selectors'; none waits for a slow reader
 * @param minHttpThreads are kept when there is nothing to do
 * @param maxConnections a room of machines with several each
 * @param idleHeapBufferBytes that Jetty keeps for the next request
 * @param idleDirectBufferBytes the same outside the heap
 * @param maxMachines whose reads it remembers; one takes some 250 bytes of heap
 */
record BoxSize(
    int selectors,
    int maxHttpThreads,
    int minHttpThreads,
    int maxConnections,
    int idleHeapBufferBytes,
    int idleDirectBufferBytes,
    int maxMachines) {

  /** For a machine of 64 MB. */
  static final BoxSize SMALL = new BoxSize(2, 6, 2, 128, 64 << 10, 1 << 20, 1024);

  static final BoxSize USUAL = new BoxSize(4, 14, 5, 512, 1 << 20, 8 << 20, 4096);

  private static final long USUAL_HEAP_BYTES = 20 << 20;

  /** Bodies that are received at once, each of which holds a thread; others have some left. */
  int maxBodies() {
    return Math.max(1, (maxHttpThreads - selectors) / 2);
  }

  /** For this VM. */
  static BoxSize ofThisVm() {
    return Runtime.getRuntime().maxMemory() < USUAL_HEAP_BYTES ? SMALL : USUAL;
  }
}
