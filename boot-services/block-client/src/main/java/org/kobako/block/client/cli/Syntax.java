package org.kobako.block.client.cli;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command's table: name, operands, options, examples. Reads its command lines and prints its
 * help, so that the two cannot differ.
 *
 * <p>Options stand anywhere, as {@code --name VALUE} or {@code --name=VALUE}, each once; behind
 * {@code --} every word is an operand.
 */
public final class Syntax {
  private static final int HELP_COLUMNS = 98;
  private static final int HELP_INDENT = 26;

  private final String command;
  private final String summary;
  private final List<Operand<?>> operands = new ArrayList<>();
  private final List<Option<?>> options = new ArrayList<>();
  private final List<String> examples = new ArrayList<>();
  private String note = "";

  private Syntax(String command, String summary) {
    this.command = command;
    this.summary = summary;
  }

  /**
   * Begins a table; the methods below add to it and return it.
   *
   * @param summary what the command does, one line, for the list of commands too
   */
  public static Syntax of(String command, String summary) {
    return new Syntax(command, summary);
  }

  public Syntax operands(Operand<?>... more) {
    operands.addAll(List.of(more));
    return this;
  }

  public Syntax options(Option<?>... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** What people must know before they run it, in a sentence or two. */
  public Syntax note(String sentences) {
    note = sentences;
    return this;
  }

  /** A whole command line behind the program's name, and what it is good for. */
  public Syntax example(String words, String why) {
    examples.add(words + "\n      " + why);
    return this;
  }

  public String command() {
    return command;
  }

  public String summary() {
    return summary;
  }

  /**
   * Reads the words behind the command's name.
   *
   * @throws UsageException if a word is unknown, refused, missing or too much
   */
  public Arguments parse(List<String> words) throws UsageException {
    // By identity: to link a record's own hash takes 0.1 s of a small box's start under qemu-user.
    Map<Object, Object> values = new IdentityHashMap<>();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        rest.addAll(words.subList(i + 1, words.size()));
        break;
      }
      if (!word.startsWith("--")) {
        rest.add(word);
        continue;
      }
      int equals = word.indexOf('=');
      Option<?> option = optionOf(word.substring(2, equals < 0 ? word.length() : equals));
      String text;
      if (option.isFlag()) {
        if (equals >= 0) {
          throw new UsageException("--" + option.name() + " takes no value");
        }
        text = "true";
      } else if (equals >= 0) {
        text = word.substring(equals + 1);
      } else if (i + 1 < words.size() && !words.get(i + 1).startsWith("--")) {
        text = words.get(++i);
      } else {
        throw new UsageException("--" + option.name() + " needs a value: " + option.usage());
      }
      if (values.put(option, option.read(text)) != null) {
        throw new UsageException("--" + option.name() + " is given twice");
      }
    }
    readOperands(rest, values);
    readDefaults(values);
    return new Arguments(values);
  }

  private Option<?> optionOf(String name) throws UsageException {
    List<String> names = new ArrayList<>();
    for (Option<?> option : options) {
      if (option.name().equals(name)) {
        return option;
      }
      names.add(option.name());
    }
    throw new UsageException("there is no option --" + name + NearestWord.hint(name, names, "--"));
  }

  private void readOperands(List<String> words, Map<Object, Object> values) throws UsageException {
    for (int i = 0; i < Math.max(words.size(), operands.size()); i++) {
      if (i >= words.size()) {
        throw new UsageException(operands.get(i).name() + " is missing");
      }
      if (i >= operands.size()) {
        throw new UsageException("'" + words.get(i) + "' is one word too many");
      }
      values.put(operands.get(i), operands.get(i).read(words.get(i)));
    }
  }

  private void readDefaults(Map<Object, Object> values) throws UsageException {
    for (Option<?> option : options) {
      if (values.containsKey(option)) {
        continue;
      }
      if (option.required()) {
        throw new UsageException(option.usage() + " is missing");
      }
      String text = option.defaultText();
      if (text != null) {
        values.put(option, option.read(text));
      }
    }
  }

  /**
   * Help for people.
   *
   * @param program the program's name, which begins each command line
   */
  public String help(String program) {
    StringBuilder help = new StringBuilder("usage: ").append(program).append(' ').append(command);
    for (Operand<?> operand : operands) {
      help.append(' ').append(operand.name());
    }
    for (Option<?> option : options) {
      if (option.required()) {
        help.append(' ').append(option.usage());
      }
    }
    help.append(" [OPTION]...\n\n");
    help.append(Character.toUpperCase(summary.charAt(0))).append(summary, 1, summary.length());
    help.append(".\n");
    if (!note.isEmpty()) {
      wrap(help, new StringBuilder(), 0, note);
    }
    help.append('\n');
    for (Operand<?> operand : operands) {
      line(help, operand.name(), operand.description());
    }
    help.append(operands.isEmpty() ? "" : "\n");
    for (Option<?> option : options) {
      String text = option.defaultText();
      boolean shown = text != null && !option.isFlag();
      line(help, option.usage(), option.description() + (shown ? "; default " + text : ""));
    }
    line(help, "--help", "this text");
    for (String example : examples) {
      help.append("\n  ").append(program).append(' ').append(example).append('\n');
    }
    return help.toString();
  }

  /** A name, and beside it its description in as many lines as it needs. */
  private static void line(StringBuilder help, String name, String description) {
    StringBuilder line = new StringBuilder("  ").append(name);
    if (line.length() > HELP_INDENT - 2) {
      help.append(line).append('\n');
      line.setLength(0);
    }
    wrap(help, line, HELP_INDENT, description);
  }

  private static void wrap(StringBuilder help, StringBuilder line, int indent, String text) {
    pad(line, indent);
    boolean first = true;
    for (String word : text.split(" ", -1)) {
      if (!first && line.length() + 1 + word.length() > HELP_COLUMNS) {
        help.append(line).append('\n');
        line.setLength(0);
        pad(line, indent);
        first = true;
      }
      line.append(first ? "" : " ").append(word);
      first = false;
    }
    help.append(line).append('\n');
  }

  private static void pad(StringBuilder line, int indent) {
    while (line.length() < indent) {
      line.append(' ');
    }
  }
}
