package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.ledger.Spend;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Names that the ledger had to cut, each as short as its row's other names made it: one name would
 * be several. What was cut counts as the only whole name that begins so or, where there is none or
 * more than one, as the shortest piece that it begins with.
 */
final class CutNames {
  private static final String ELLIPSIS = "\u2026";

  private final Map<String, String> names = new HashMap<>();

  /** Of all values of a key. */
  static CutNames of(Collection<Spend> spend, String key) {
    TreeSet<String> values = new TreeSet<>();
    spend.forEach(row -> values.add(row.keys().getOrDefault(key, "")));
    return new CutNames(values);
  }

  private CutNames(TreeSet<String> values) {
    List<String> pieces =
        values.stream()
            .filter(CutNames::isCut)
            .sorted(Comparator.comparingInt(String::length))
            .toList();
    for (String piece : pieces) {
      names.put(piece, known(piece, pieces, values));
    }
  }

  /** The one that counts for a value. */
  String get(String value) {
    return names.getOrDefault(value, value);
  }

  private static String known(String piece, List<String> pieces, TreeSet<String> values) {
    String beginning = beginning(piece);
    List<String> whole =
        values.tailSet(beginning, true).stream()
            .takeWhile(value -> value.startsWith(beginning))
            .filter(value -> !isCut(value))
            .limit(2)
            .toList();
    return whole.size() == 1
        ? whole.get(0)
        : pieces.stream()
            .filter(shorter -> beginning.startsWith(beginning(shorter)))
            .findFirst()
            .orElse(piece);
  }

  private static boolean isCut(String value) {
    return value.endsWith(ELLIPSIS);
  }

  private static String beginning(String piece) {
    return piece.substring(0, piece.length() - ELLIPSIS.length());
  }
}
