package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Path;

/** A machine that was switched on, and its box. */
record Boot(Network network, Network.Host box, RunningBox running, Vm vm, RootDisk rootDisk)
    implements AutoCloseable {
  /**
   * Makes sure of what the machine boots, starts a box, switches the machine on; nobody else is on
   * the network.
   *
   * @param logs where all of them leave what they say
   */
  static Boot powerOn(Hardware hardware, int memoryMib, BootStore store, Path logs)
      throws IOException {
    return powerOn(hardware, memoryMib, store, logs, network -> {});
  }

  /** Who is on the network before the box is. */
  interface Neighbours {
    void moveInto(Network network) throws IOException;
  }

  /**
   * The same on a network with others.
   *
   * @param neighbours their processes end with the network
   */
  static Boot powerOn(
      Hardware hardware, int memoryMib, BootStore store, Path logs, Neighbours neighbours)
      throws IOException {
    RootDisk rootDisk = store.rootDisk(hardware);
    String mac = Vm.newMac();
    Network network = Network.open(logs);
    try {
      neighbours.moveInto(network);
      Network.Host box = network.join("box", "10.77.0.1/24");
      RunningBox running =
          RunningBox.start(box, store.config(hardware, mac, logs), logs.resolve("box.log"));
      Vm vm = Vm.powerOn(hardware, mac, memoryMib, network.tap(), logs);
      return new Boot(network, box, running, vm, rootDisk);
    } catch (IOException | RuntimeException | AssertionError e) {
      // What runs on the network ends with it.
      network.close();
      throw e;
    }
  }

  @Override
  public void close() throws InterruptedException, IOException {
    vm.close();
    running.close();
    network.close();
  }
}
