package org.kobako.qemu;

import java.time.Duration;
import java.util.UUID;
import java.util.regex.MatchResult;

/** A login on a machine's console. */
final class Shell {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final SerialConsole console;
  private String end = "";

  private Shell(SerialConsole console) {
    this.console = console;
  }

  /** Logs in where the machine asks who is there. */
  static Shell login(SerialConsole console) {
    console.type(RootDisk.USER);
    console.await("Password: ", PATIENCE);
    console.type(RootDisk.PASSWORD);
    console.await("# ", PATIENCE);
    Shell shell = new Shell(console);
    // Nothing but what commands say: no echo, no prompt, no escape sequences, no kernel messages.
    console.type("stty -echo; PS1=; PS2=; bind 'set enable-bracketed-paste off'; dmesg -n 1");
    shell.run("true", PATIENCE);
    return shell;
  }

  /** Runs a command that must succeed, and answers with what it says. */
  String run(String command, Duration patience) {
    start(command);
    return await(patience);
  }

  /** Starts a command. */
  void start(String command) {
    // The marker is put together by the machine: what is typed, and echoed, is not what is awaited.
    end = UUID.randomUUID().toString();
    console.type("{ " + command + "; } 2>&1; printf '%s%s:%d\\n' end- " + end + " $?");
  }

  /** Whether the command that was started last has ended. */
  boolean hasEnded() {
    return console.said().contains("end-" + end);
  }

  /** Waits for the end of the command that was started last. */
  String await(Duration patience) {
    MatchResult all = console.await("(?s)(.*?)end-" + end + ":(\\d+)", patience);
    String output = all.group(1).replace("\r", "").strip();
    if (!all.group(2).equals("0")) {
      throw new AssertionError("exit code " + all.group(2) + " on the machine: " + output);
    }
    return output;
  }
}
