package io.tokenmeter.tokenizers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of {@code counting-rules.txt}: numbers by rule and model. The file says what each
 * number means and where it comes from. Immutable.
 */
final class CountingRules {
  private static final String ANY = "*";
  private static final String PROVIDER = "@";

  /** The rules, and how many numbers each may have. */
  private static final Map<String, Set<Integer>> NUMBERS =
      Map.of(
          "text", Set.of(2),
          "chat", Set.of(4),
          "tools", Set.of(6),
          "tool-prompt", Set.of(2),
          "image", Set.of(3, 5),
          "image-unknown", Set.of(2),
          "audio", Set.of(2),
          "file", Set.of(3),
          "rough", Set.of(1));

  private static final CountingRules BUILT_IN =
      parse("counting-rules.txt", Resources.lines("counting-rules.txt"));

  private final Map<String, Table> tables;

  private CountingRules(Map<String, Table> tables) {
    this.tables = tables;
  }

  static CountingRules builtIn() {
    return BUILT_IN;
  }

  /**
   * Reads rules from lines of text.
   *
   * @throws IllegalArgumentException if a line is no rule; names the source and the line
   */
  static CountingRules parse(String source, List<String> lines) {
    Map<String, Map<String, double[]>> rows = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", -1);
      String where = source + ", line " + (i + 1) + ": ";
      Set<Integer> allowed = NUMBERS.get(words[0]);
      if (allowed == null) {
        throw new IllegalArgumentException(
            where + "no rule '" + words[0] + "'; expected one of " + NUMBERS.keySet());
      }
      if (!allowed.contains(words.length - 2)) {
        throw new IllegalArgumentException(
            where + "expected models and " + allowed + " numbers after '" + words[0] + "'");
      }
      double[] numbers = numbers(where, words);
      for (String model : words[1].toLowerCase(Locale.ROOT).split(",", -1)) {
        rows.computeIfAbsent(words[0], rule -> new HashMap<>()).put(model, numbers);
      }
    }
    Map<String, Table> tables = new HashMap<>();
    rows.forEach((rule, byModel) -> tables.put(rule, Table.of(byModel)));
    return new CountingRules(tables);
  }

  private static double[] numbers(String where, String[] words) {
    double[] numbers = new double[words.length - 2];
    for (int i = 0; i < numbers.length; i++) {
      try {
        numbers[i] = Double.parseDouble(words[i + 2]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            where + "expected a number, found '" + words[i + 2] + "'", e);
      }
    }
    return numbers;
  }

  /** The numbers of a rule that every model has. */
  double[] require(String rule, String provider, String model) {
    return find(rule, provider, model)
        .orElseThrow(() -> new IllegalStateException("there is no rule '" + rule + " *'"));
  }

  /** The numbers of a rule: the model's own, else its provider's, else those of all others. */
  Optional<double[]> find(String rule, String provider, String model) {
    Table table = tables.get(rule);
    return table == null ? Optional.empty() : table.find(provider, model);
  }

  private record Table(
      ModelRules<double[]> models, ModelRules<double[]> providers, Optional<double[]> others) {

    static Table of(Map<String, double[]> rows) {
      Map<String, double[]> models = new HashMap<>();
      Map<String, double[]> providers = new HashMap<>();
      rows.forEach(
          (key, numbers) -> {
            if (key.startsWith(PROVIDER)) {
              providers.put(key.substring(PROVIDER.length()), numbers);
            } else if (!key.equals(ANY)) {
              models.put(key, numbers);
            }
          });
      return new Table(
          new ModelRules<>(models),
          new ModelRules<>(providers),
          Optional.ofNullable(rows.get(ANY)));
    }

    Optional<double[]> find(String provider, String model) {
      return models.find(model).or(() -> providers.find(provider)).or(() -> others);
    }
  }
}
