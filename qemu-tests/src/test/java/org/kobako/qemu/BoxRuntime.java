package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What runs a box of one architecture, by {@code cross/box-runtime}; run here, under an emulator
 * where it must be.
 *
 * @param tree its files as below a box's root
 */
record BoxRuntime(String architecture, Path tree) {
  private static final String HOME = "/usr/lib/kobako";
  private static final Path CROSS = MadeOnce.CHECKOUT.resolve("cross");

  static BoxRuntime of(String architecture, Path log) throws IOException {
    List<Path> inputs = new ArrayList<>(jars());
    for (String file :
        List.of(
            "box-classes",
            "box-runtime",
            "box-training",
            "debian-packages.lock",
            "java-runtime",
            "patches",
            "run-in",
            "targets/" + architecture,
            "virtual-machine")) {
      inputs.add(CROSS.resolve(file));
    }
    return new BoxRuntime(
        architecture,
        MadeOnce.of(
            "box-runtimes", architecture, inputs, log, tree -> commandOf(architecture, tree)));
  }

  /** Another of the same, not kept. */
  static BoxRuntime anew(String architecture, Path tree, Path log) throws IOException {
    Program.run(log, commandOf(architecture, tree));
    return new BoxRuntime(architecture, tree);
  }

  private static List<String> commandOf(String architecture, Path tree) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                CROSS.resolve("box-runtime").toString(),
                architecture,
                tree.toString()));
    jars().forEach(jar -> command.add(jar.toString()));
    return command;
  }

  /** The appliance and all that it needs, as the launcher runs them. */
  private static List<Path> jars() {
    Path target = MadeOnce.CHECKOUT.resolve("appliance/target");
    try (Stream<Path> own = Files.list(target);
        Stream<Path> others = Files.list(target.resolve("lib"))) {
      return Stream.concat(own.filter(file -> file.toString().endsWith("SNAPSHOT.jar")), others)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError("the appliance has not been built: mvn package", e);
    }
  }

  /**
   * The command line of a command of ours as a box runs it; it does not start without its
   * class-data archive.
   *
   * @param work where its options go, with this machine's paths
   * @param more options of the VM that the box's do not name
   */
  List<String> kobako(Path work, List<String> more, String... words) throws IOException {
    Path options = Files.createTempFile(work, "java-options", "");
    Files.writeString(
        options,
        Files.readString(tree.resolve("." + HOME + "/box-java-options"))
            .replace(HOME, tree + HOME));
    List<String> command = java("@" + options, "-Xshare:on");
    command.addAll(more);
    command.add("org.kobako.appliance.Kobako");
    command.addAll(List.of(words));
    return command;
  }

  /** The command line of the runtime's VM. */
  List<String> java(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                CROSS.resolve("run-in").toString(),
                architecture,
                tree.toString(),
                "usr/java/bin/java"));
    command.addAll(List.of(words));
    return command;
  }
}
