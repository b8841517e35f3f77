package io.tokenmeter.engine.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
final class Suggestion {
  private Suggestion() {}

  /** {@code "; did you mean 'x'?"}, or nothing if no candidate is near. */
  static String didYouMean(String written, Collection<String> candidates) {
    return nearest(written, candidates).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  /** The candidate with the fewest edits, at most one in three characters. */
  static Optional<String> nearest(String written, Collection<String> candidates) {
    return candidates.stream()
        .filter(candidate -> distance(written, candidate) <= Math.max(1, written.length() / 3))
        .min(Comparator.comparingInt(candidate -> distance(written, candidate)));
  }

  /** Levenshtein's distance, case and the choice of {@code _}, {@code -} and {@code .} aside. */
  static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int above = row[j];
        int change = fold(left.charAt(i - 1)) == fold(right.charAt(j - 1)) ? 0 : 1;
        row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + change);
        diagonal = above;
      }
    }
    return row[right.length()];
  }

  private static char fold(char c) {
    return c == '_' || c == '.' ? '-' : Character.toLowerCase(c);
  }
}
