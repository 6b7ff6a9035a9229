package org.kobako.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the script {@code run} does: a machine, or a network, to look at by hand. */
final class Run {
  private static final int MEMORY_MIB = 512;

  /** Ctrl-]. */
  private static final byte POWER_PLUG = 0x1d;

  private Run() {}

  public static void main(String[] words) throws Exception {
    Path work = Path.of("target", "run").toAbsolutePath();
    Path logs = Logs.of("run");
    BootStore store = new BootStore(work, logs.resolve("make.log"));
    switch (words[0]) {
      case "system" -> system(hardware(words.length > 1 ? words[1] : "x86-bios"), store, logs);
      case "shell" -> shell(store, logs);
      default -> throw new IllegalArgumentException(words[0] + ": write system or shell");
    }
  }

  private static Hardware hardware(String word) {
    return Arrays.stream(Hardware.values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no hardware " + word));
  }

  private static void system(Hardware hardware, BootStore store, Path logs) throws Exception {
    System.err.print("making what " + hardware.word() + " boots\r\n");
    try (Boot boot = Boot.powerOn(hardware, MEMORY_MIB, store, logs)) {
      Vm vm = boot.vm();
      vm.console().mirrorTo(System.out);
      Thread.ofPlatform().name("keyboard").daemon().start(() -> type(System.in, vm));
      while (vm.isOn()) {
        Thread.sleep(100);
      }
    }
  }

  /** Until the power plug is pulled or the machine is off. */
  private static void type(InputStream keyboard, Vm vm) {
    byte[] keys = new byte[256];
    try {
      for (int length; (length = keyboard.read(keys)) > 0; ) {
        byte[] pressed = Arrays.copyOf(keys, length);
        if (pressed[0] == POWER_PLUG) {
          vm.pullPlug();
          return;
        }
        vm.console().press(pressed);
      }
    } catch (IOException off) {
      // Nobody is there to type to.
    }
  }

  private static void shell(BootStore store, Path logs) throws Exception {
    store.rootDisk(Hardware.X86_BIOS);
    try (Network network = Network.open(logs)) {
      Network.Host box = network.join("box", "10.77.0.1/24");
      Path config = store.config(Hardware.X86_BIOS, Vm.newMac(), logs);
      try (RunningBox running = RunningBox.start(box, config, logs.resolve("box.log"))) {
        Network.Host desk = network.join("desk", "10.77.0.2/24");
        System.err.println("the box is 10.77.0.1, this computer 10.77.0.2; exit ends both");
        List<String> bash = desk.command("bash");
        new ProcessBuilder(bash).inheritIO().start().waitFor();
        if (!running.process().isAlive()) {
          System.err.println("the box has ended; see " + logs.resolve("box.log"));
        }
      }
    }
  }
}
