package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTest {
  private enum Colour {
    RED,
    GREEN
  }

  private static final Operand<Path> SOURCE = new Operand<>("SOURCE", Values.path(), "a disk");
  private static final Operand<Path> STORE = new Operand<>("STORE", Values.path(), "a store");
  private static final Option<String> NAME =
      Option.required("name", "NAME", Values.text(), "name of the image");
  private static final Option<Long> SIZE =
      Option.withDefault("block-size", "SIZE", Values.size(65536, 1 << 20), "128K", "bytes");
  private static final Option<Integer> WORKERS =
      Option.optional("workers", "N", Values.integer(1, 64), "threads that compress (1..64)");
  private static final Option<Duration> PATIENCE =
      Option.withDefault(
          "patience",
          "TIME",
          Values.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
          "3s",
          "how long");
  private static final Option<Colour> COLOUR =
      Option.withDefault(
          "colour",
          "COLOUR",
          Values.oneOf(List.of(Colour.values()), c -> c.name().toLowerCase(Locale.ROOT)),
          "red",
          "red or green");
  private static final Option<Boolean> JSON = Option.flag("json", "print JSON");

  private static final Syntax SYNTAX =
      Syntax.of("pack", "make an image")
          .operands(SOURCE, STORE)
          .options(NAME, SIZE, WORKERS, PATIENCE, COLOUR, JSON)
          .example("pack disk store --name debian", "packs a disk");

  private static Arguments parse(String words) throws UsageException {
    return SYNTAX.parse(words.isEmpty() ? List.of() : List.of(words.split(" ")));
  }

  @Test
  void optionsStandAnywhereAndTakeTheirValueFromTheNextWordOrBehindAnEqualsSign()
      throws UsageException {
    Arguments arguments = parse("--name debian disk --block-size=1M store --json --workers 3");

    assertThat(arguments.get(SOURCE)).isEqualTo(Path.of("disk"));
    assertThat(arguments.get(STORE)).isEqualTo(Path.of("store"));
    assertThat(arguments.get(NAME)).isEqualTo("debian");
    assertThat(arguments.get(SIZE)).isEqualTo(1 << 20);
    assertThat(arguments.find(WORKERS)).contains(3);
    assertThat(arguments.get(JSON)).isTrue();
  }

  @Test
  void whatIsLeftOutHasItsDefaultOrNothing() throws UsageException {
    Arguments arguments = parse("disk store --name debian");

    assertThat(arguments.get(SIZE)).isEqualTo(128 << 10);
    assertThat(arguments.get(PATIENCE)).isEqualTo(Duration.ofSeconds(3));
    assertThat(arguments.get(COLOUR)).isEqualTo(Colour.RED);
    assertThat(arguments.get(JSON)).isFalse();
    assertThat(arguments.find(WORKERS)).isEmpty();
  }

  @Test
  void behindTwoDashesEveryWordIsAnOperand() throws UsageException {
    Arguments arguments = parse("--name debian -- --disk --store");

    assertThat(arguments.get(SOURCE)).isEqualTo(Path.of("--disk"));
    assertThat(arguments.get(STORE)).isEqualTo(Path.of("--store"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          disk store                            | --name NAME is missing
          disk --name a                         | STORE is missing
          --name a                              | SOURCE is missing
          disk store more --name a              | 'more' is one word too many
          disk store --nmae a                   | there is no option --nmae; did you mean --name?
          disk store --block a                  | there is no option --block; did you mean --block-size?
          disk store --zzzzzzz                  | there is no option --zzzzzzz
          disk store --name                     | --name needs a value: --name NAME
          disk store --name --json              | --name needs a value: --name NAME
          disk store --name=                    | --name '' is empty
          disk store --name a --name b          | --name is given twice
          disk store --name a --json=yes        | --json takes no value
          disk store --name a --block-size 3K   | --block-size 3K is out of range (64K..1M)
          disk store --name a --block-size 2x   | --block-size 2x is no size: write 65536, 64K or 1M (64K..1M)
          disk store --name a --workers 65      | --workers 65 is out of range (1..64)
          disk store --name a --workers many    | --workers many is no whole number (1..64)
          disk store --name a --patience 5      | --patience 5 is no duration: write 250ms, 3s, 2m or 1h (100ms..1m)
          disk store --name a --patience 2m     | --patience 2m is out of range (100ms..1m)
          disk store --name a --colour blue     | --colour blue is none of: red, green
          """)
  void refusalNamesTheWordAndWhatIsAllowed(String words, String sentence) {
    assertThatThrownBy(() -> parse(words)).isInstanceOf(UsageException.class).hasMessage(sentence);
  }

  @Test
  void helpIsTheTable() {
    assertThat(SYNTAX.help("kobako"))
        .startsWith("usage: kobako pack SOURCE STORE --name NAME [OPTION]...\n\nMake an image.\n")
        .contains("\n  SOURCE                  a disk\n")
        .contains("\n  --block-size SIZE       bytes; default 128K\n")
        .contains("\n  --workers N             threads that compress (1..64)\n")
        .contains("\n  --json                  print JSON\n")
        .contains("\n  kobako pack disk store --name debian\n      packs a disk\n");
  }

  @Test
  void longDescriptionsBreakBetweenWords() {
    String help =
        Syntax.of("x", "y").options(Option.flag("flag", "word ".repeat(60).strip())).help("kobako");

    assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(98));
    assertThat(help.lines().filter(line -> line.startsWith(" ".repeat(26) + "word")).count())
        .isGreaterThan(2);
  }
}
