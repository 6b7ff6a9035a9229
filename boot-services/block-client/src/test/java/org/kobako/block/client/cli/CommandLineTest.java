package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal =
      Terminal.ofStreams(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          new Stop());

  @FunctionalInterface
  private interface Work {
    void run(Terminal terminal)
        throws CommandFailedException, UsageException, IOException, InterruptedException;
  }

  private record FakeCommand(Syntax syntax, Work work) implements Command {
    static FakeCommand of(String name, Work work) {
      return new FakeCommand(Syntax.of(name, "does " + name), work);
    }

    @Override
    public void run(Arguments arguments, Terminal terminal)
        throws CommandFailedException, UsageException, IOException, InterruptedException {
      work.run(terminal);
    }
  }

  private int run(Work work, String... words) {
    List<Command> commands =
        List.of(
            FakeCommand.of("verify", work), FakeCommand.of("list", t -> t.out().println("listed")));
    return new CommandLine("kobako", commands).run(List.of(words), terminal);
  }

  @Test
  void commandThatReturnsIsDone() {
    assertThat(run(t -> t.out().println("sound"), "verify")).isEqualTo(CommandLine.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("sound\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void commandThatCannotDoItsWorkFailsWithOneSentence() {
    int code =
        run(
            t -> {
              throw new CommandFailedException("store is damaged: pack it again");
            },
            "verify");

    assertThat(code).isEqualTo(CommandLine.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("kobako verify: store is damaged: pack it again\n");
  }

  @Test
  void missingFileIsNamedAndExplained() {
    int code =
        run(
            t -> {
              throw new NoSuchFileException("/no/such");
            },
            "verify");

    assertThat(code).isEqualTo(CommandLine.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("kobako verify: /no/such: no such file or directory\n");
  }

  @Test
  void faultInACommandIsOneLineThatSaysWhere() {
    int code =
        run(
            t -> {
              throw new IllegalStateException("torn");
            },
            "verify");

    assertThat(code).isEqualTo(CommandLine.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("kobako verify: a fault in kobako, please report it: ")
        .contains("torn at ")
        .hasLineCount(1);
  }

  @Test
  void wrongWordsAreAUsageError() {
    assertThat(run(t -> {}, "verify", "--jsn")).isEqualTo(CommandLine.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("kobako verify: there is no option --jsn; kobako verify --help tells more\n");
  }

  @Test
  void unknownCommandIsAUsageErrorThatNamesTheNearest() {
    assertThat(run(t -> {}, "lst")).isEqualTo(CommandLine.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "kobako: there is no command lst; did you mean list?; kobako --help lists them\n");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(run(t -> {}, "--help")).isEqualTo(CommandLine.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("  verify          does verify\n", "  list            does list\n");
  }

  @Test
  void noWordsAreAUsageErrorThatListsTheCommands() {
    assertThat(run(t -> {})).isEqualTo(CommandLine.USAGE);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("  verify          does verify\n");
  }

  @Test
  void helpAndACommandIsThatCommandsHelp() {
    assertThat(run(t -> {}, "help", "verify")).isEqualTo(CommandLine.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("usage: kobako verify");

    assertThat(run(t -> {}, "help", "verfy")).isEqualTo(CommandLine.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("did you mean verify?");
  }

  @Test
  void helpOfACommandDoesNotRunIt() {
    assertThat(run(t -> t.out().println("ran"), "verify", "--help")).isEqualTo(CommandLine.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("usage: kobako verify")
        .doesNotContain("ran\n");
  }
}
