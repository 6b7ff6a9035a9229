package org.kobako.appliance.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kobako.appliance.Kobako;

/**
 * A command that goes on by itself ({@code serve}, {@code attach}) in a VM of its own, with this
 * VM's options and class path. Its standard error goes to a log file.
 */
public final class ChildKobako implements AutoCloseable {
  private static final int STOP_SECONDS = 20;

  private final Process process;
  private final String readyLine;

  private ChildKobako(Process process, String readyLine) {
    this.process = process;
    this.readyLine = readyLine;
  }

  /**
   * Starts a command and waits for its first line of output, which says that it is ready.
   *
   * @throws IOException if it ends instead, with what it said
   */
  public static ChildKobako start(Path log, String... words) throws IOException {
    return start(List.of(), Kobako.class, log, words);
  }

  /**
   * The same for any class with a {@code main}, in surroundings of its own.
   *
   * @param prefix a command that makes itself into the one behind it, such as {@code nsenter
   *     --net=FILE}: a child that only started another could not be told to end
   */
  public static ChildKobako start(List<String> prefix, Class<?> main, Path log, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger's port, an agent's file: not for two.
      if (!option.startsWith("-javaagent") && !option.startsWith("-agentlib")) {
        command.add(option);
      }
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectError(Redirect.to(log.toFile())).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new IOException(
          main.getSimpleName()
              + " "
              + String.join(" ", words)
              + " ended: "
              + Files.readString(log).strip());
    }
    Thread.ofPlatform().name("child-output").daemon().start(() -> drain(out));
    return new ChildKobako(process, line);
  }

  /** So that a full pipe does not stop it. */
  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {}
    } catch (IOException killed) {
      // Its end of the pipe is gone.
    }
  }

  /** What it said when it was ready. */
  public String readyLine() {
    return readyLine;
  }

  public long pid() {
    return process.pid();
  }

  /** Ends it as a power failure would, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for its end; answers whether it came in time. */
  public boolean awaitEnd(int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  /** Asks it to end, and ends it when it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
