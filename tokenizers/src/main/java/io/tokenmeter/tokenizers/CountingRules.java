package io.tokenmeter.tokenizers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of {@code counting-rules.txt}: numbers by rule and model. The file says what each
 * number means and where it comes from. Rules of one's own go before them, so a new model needs no
 * new release. Immutable.
 */
public final class CountingRules {
  private static final String ANY = "*";
  private static final String PROVIDER = "@";

  /** The rules, and how many numbers each may have. */
  private static final Map<String, Set<Integer>> NUMBERS =
      Map.ofEntries(
          Map.entry("text", Set.of(2, 4)),
          Map.entry("chat", Set.of(4)),
          Map.entry("tools", Set.of(6)),
          Map.entry("tool-prompt", Set.of(2)),
          Map.entry("image", Set.of(3, 4, 5)),
          Map.entry("image-original", Set.of(3, 4, 5)),
          Map.entry("image-unknown", Set.of(2)),
          Map.entry("audio", Set.of(2)),
          Map.entry("file", Set.of(3)),
          Map.entry("rough", Set.of(1)),
          Map.entry("slack", Set.of(1)));

  /** Which of a rule's numbers something is divided or scaled by, so that it must be above 0. */
  private static final Map<String, Set<Integer>> POSITIVE =
      Map.of(
          "text", Set.of(0, 2, 3),
          "image", Set.of(0),
          "image-original", Set.of(0),
          "image-unknown", Set.of(0, 1),
          "audio", Set.of(1),
          "file", Set.of(0, 1));

  /** Beyond this no number makes sense, and sums of products of them would overflow. */
  private static final double MOST = 1e7;

  private static final CountingRules BUILT_IN =
      of(parse("counting-rules.txt", Resources.lines("counting-rules.txt")));

  private final Map<String, Map<String, double[]>> rows;
  private final Map<String, Table> tables;

  private CountingRules(Map<String, Map<String, double[]>> rows, Map<String, Table> tables) {
    this.rows = rows;
    this.tables = tables;
  }

  private static CountingRules of(Map<String, Map<String, double[]>> rows) {
    Map<String, Table> tables = new HashMap<>();
    rows.forEach((rule, byModel) -> tables.put(rule, Table.of(byModel)));
    return new CountingRules(rows, tables);
  }

  /** The rules that the product comes with. */
  public static CountingRules builtIn() {
    return BUILT_IN;
  }

  /**
   * These rules with others before them: of two for the same start of a model's name theirs counts.
   *
   * @param source where they are from, for messages
   * @throws IllegalArgumentException if a line is no rule; names the source, the line and what was
   *     expected
   */
  public CountingRules with(String source, List<String> lines) {
    Map<String, Map<String, double[]>> merged = new HashMap<>();
    rows.forEach((rule, byModel) -> merged.put(rule, new HashMap<>(byModel)));
    parse(source, lines)
        .forEach(
            (rule, byModel) ->
                merged.computeIfAbsent(rule, none -> new HashMap<>()).putAll(byModel));
    return of(merged);
  }

  private static Map<String, Map<String, double[]>> parse(String source, List<String> lines) {
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
    return rows;
  }

  private static double[] numbers(String where, String[] words) {
    double[] numbers = new double[words.length - 2];
    Set<Integer> positive = POSITIVE.getOrDefault(words[0], Set.of());
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(where, words[i + 2]);
      // The third of five is the size of a tile.
      if ((positive.contains(i) && numbers.length != 5 || numbers.length == 5 && i == 2)
          && numbers[i] <= 0) {
        throw new IllegalArgumentException(
            where + "expected a number above 0, found '" + words[i + 2] + "'");
      }
    }
    if (words[0].equals("text") && numbers.length == 4 && numbers[2] > numbers[3]) {
      throw new IllegalArgumentException(
          where
              + "expected the least factor before the most, found '"
              + words[4]
              + " "
              + words[5]
              + "'");
    }
    return numbers;
  }

  private static double number(String where, String word) {
    try {
      double number = Double.parseDouble(word);
      if (Math.abs(number) <= MOST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        where + "expected a number of at most " + (long) MOST + ", found '" + word + "'");
  }

  /** What the rule {@code text} says of a model; bounds are multiples of the factor. */
  FactorRule factor(String encoding, String provider, String model) {
    double[] numbers = require("text", provider, model);
    TextFactor start = new TextFactor(numbers[0], Math.max(0, numbers[1] / 100));
    boolean learned = numbers.length == 4;
    return new FactorRule(
        encoding,
        start,
        learned ? start.factor() * Math.min(1, numbers[2]) : start.factor(),
        learned ? start.factor() * Math.max(1, numbers[3]) : start.factor(),
        (long) require("slack", provider, model)[0]);
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
