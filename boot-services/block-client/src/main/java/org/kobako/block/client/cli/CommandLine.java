package org.kobako.block.client.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the command that the first word names, runs it, and turns its end into an exit code. An
 * error is one sentence on {@code err}; the stack trace is there with {@code KOBAKO_DEBUG=1}.
 */
public final class CommandLine {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  private static final String DEBUG_VARIABLE = "KOBAKO_DEBUG";

  /** Alone, the list of commands; {@code help COMMAND} is {@code COMMAND --help}. */
  private static final String HELP_COMMAND = "help";

  private final String program;
  private final List<Command> commands;

  /**
   * @param program the program's name, which begins every error
   */
  public CommandLine(String program, List<Command> commands) {
    this.program = program;
    this.commands = List.copyOf(commands);
  }

  /**
   * Runs one command line.
   *
   * @return the exit code: 0 done, 1 failed, 2 usage
   */
  public int run(List<String> words, Terminal terminal) {
    if (words.isEmpty()) {
      terminal.err().print(help());
      return USAGE;
    }
    String first = words.getFirst();
    if (first.equals(HELP_COMMAND) && words.size() > 1) {
      return run(List.of(words.get(1), "--help"), terminal);
    }
    if (first.equals("--help") || first.equals("-h") || first.equals(HELP_COMMAND)) {
      terminal.out().print(help());
      return DONE;
    }
    List<String> names = new ArrayList<>();
    for (Command command : commands) {
      if (command.syntax().command().equals(first)) {
        return run(command, words.subList(1, words.size()), terminal);
      }
      names.add(command.syntax().command());
    }
    say(
        terminal,
        program,
        "there is no command "
            + first
            + NearestWord.hint(first, names, "")
            + "; "
            + program
            + " --help lists them");
    return USAGE;
  }

  private int run(Command command, List<String> words, Terminal terminal) {
    Syntax syntax = command.syntax();
    String speaker = program + " " + syntax.command();
    if (asksForHelp(words)) {
      terminal.out().print(syntax.help(program));
      return DONE;
    }
    try {
      command.run(syntax.parse(words), terminal);
      return DONE;
    } catch (UsageException e) {
      say(terminal, speaker, e.getMessage() + "; " + speaker + " --help tells more");
      debug(terminal, e);
      return USAGE;
    } catch (CommandFailedException e) {
      say(terminal, speaker, String.valueOf(e.getMessage()));
      debug(terminal, e);
      return FAILED;
    } catch (IOException e) {
      say(terminal, speaker, Sentences.of(e));
      debug(terminal, e);
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      say(terminal, speaker, "interrupted");
      return FAILED;
    } catch (RuntimeException | Error e) {
      say(terminal, speaker, "a fault in kobako, please report it: " + e + where(e));
      debug(terminal, e);
      return FAILED;
    }
  }

  private static boolean asksForHelp(List<String> words) {
    int end = words.indexOf("--");
    List<String> options = end < 0 ? words : words.subList(0, end);
    return options.contains("--help") || options.contains("-h");
  }

  private static String where(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  private static void say(Terminal terminal, String speaker, String sentence) {
    terminal.err().println(speaker + ": " + sentence);
  }

  private static void debug(Terminal terminal, Throwable e) {
    if ("1".equals(System.getenv(DEBUG_VARIABLE))) {
      e.printStackTrace(terminal.err());
    }
  }

  private String help() {
    StringBuilder help = new StringBuilder("usage: ").append(program).append(" COMMAND ...\n\n");
    for (Command command : commands) {
      help.append("  %-16s%s%n".formatted(command.syntax().command(), command.syntax().summary()));
    }
    return help.append('\n').append(program).append(" COMMAND --help tells more.\n").toString();
  }
}
