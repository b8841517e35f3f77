package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.ledger.Spend;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names that the ledger had to cut, each as short as its row's other names made it: one name would
 * be several. What was cut counts as the shortest piece that it begins with. It may be a whole name
 * that begins so, or another: nobody can tell, and it is not added to what somebody else spent.
 */
final class CutNames {
  private static final String ELLIPSIS = "\u2026";

  private final Map<String, String> names = new HashMap<>();

  /** Of all values of a key. */
  static CutNames of(Collection<Spend> spend, String key) {
    Set<String> values = new HashSet<>();
    spend.forEach(row -> values.add(row.keys().getOrDefault(key, "")));
    return new CutNames(values);
  }

  private CutNames(Set<String> values) {
    List<String> pieces =
        values.stream()
            .filter(CutNames::isCut)
            .sorted(Comparator.comparingInt(String::length))
            .toList();
    for (String piece : pieces) {
      names.put(piece, shortest(piece, pieces));
    }
  }

  /** The one that counts for a value. */
  String get(String value) {
    return names.getOrDefault(value, value);
  }

  private static String shortest(String piece, List<String> shortestFirst) {
    String beginning = beginning(piece);
    return shortestFirst.stream()
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
