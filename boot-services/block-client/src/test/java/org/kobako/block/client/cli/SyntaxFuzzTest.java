package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

class SyntaxFuzzTest {
  private static final Operand<String> STORE = new Operand<>("STORE", Values.text(), "a store");
  private static final Option<Long> SIZE =
      Option.withDefault("size", "SIZE", Values.size(1, 1L << 40), "128K", "bytes");
  private static final Option<Boolean> JSON = Option.flag("json", "print JSON");

  /** Words are the lines of the input. */
  @FuzzTest
  void anyWordsAreReadOrRefusedInOneLine(byte[] input) {
    List<String> words = List.of(new String(input, StandardCharsets.UTF_8).split("\n", -1));
    Syntax syntax = Syntax.of("x", "y").operands(STORE).options(SIZE, JSON);
    try {
      Arguments arguments = syntax.parse(words);
      assertThat(arguments.get(STORE)).isNotEmpty();
      assertThat(arguments.get(SIZE)).isBetween(1L, 1L << 40);
    } catch (UsageException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
