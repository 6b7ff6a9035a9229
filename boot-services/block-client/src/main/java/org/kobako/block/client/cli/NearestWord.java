package org.kobako.block.client.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** The word that a mistyped one was meant to be. */
final class NearestWord {
  /** Letters changed, added or left out; beyond, two words have nothing to do with one another. */
  private static final int MAX_EDITS = 2;

  private NearestWord() {}

  static Optional<String> of(String typed, Collection<String> words) {
    String nearest = "";
    int fewest = Math.min(MAX_EDITS, typed.length() - 1) + 1;
    for (String word : words) {
      int edits = word.startsWith(typed) && typed.length() > 1 ? 0 : edits(typed, word);
      if (edits < fewest) {
        fewest = edits;
        nearest = word;
      }
    }
    return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
  }

  /** {@code , did you mean --name?} or nothing. */
  static String hint(String typed, Collection<String> words, String prefix) {
    return of(typed, words).map(word -> "; did you mean " + prefix + word + "?").orElse("");
  }

  /** Levenshtein distance, one row at a time. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(diagonal, row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
