package io.tokenmeter.engine.prices;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One provider of the bundled table. Its rows are read when a model is first looked up, since a
 * program talks to few of the providers. Thread-safe.
 */
final class PriceSection {
  private final String name;
  private final List<String> aliases;
  private final List<String> fallbacks;
  private final List<String> rows;
  private volatile @Nullable PriceList models;

  private PriceSection(
      String name, List<String> aliases, List<String> fallbacks, List<String> rows) {
    this.name = name;
    this.aliases = aliases;
    this.fallbacks = fallbacks;
    this.rows = rows;
  }

  /**
   * @param head the section's first line
   * @param rows its others; complete before a model is looked up
   */
  static PriceSection of(String head, List<String> rows) {
    String[] fields = head.split("\t");
    return new PriceSection(fields[1], names(fields[2]), names(fields[3]), rows);
  }

  private static List<String> names(String field) {
    return field.equals("-") ? List.of() : List.of(field.split(","));
  }

  /** As in {@code gen_ai.provider.name}. */
  String name() {
    return name;
  }

  /** Other names that people and libraries use. */
  List<String> aliases() {
    return aliases;
  }

  /** Names of providers whose models this one resells at their prices. */
  List<String> fallbacks() {
    return fallbacks;
  }

  PriceList models() {
    PriceList known = models;
    if (known == null) {
      // Two threads at once read it twice, to the same end.
      known = read();
      models = known;
    }
    return known;
  }

  private PriceList read() {
    Map<String, List<ModelPrices.Row>> byModels = new LinkedHashMap<>();
    for (String row : rows) {
      String[] fields = row.split("\t");
      byModels.computeIfAbsent(fields[0], models -> new ArrayList<>()).add(row(fields));
    }
    PriceList list = new PriceList();
    byModels.forEach(
        (names, prices) -> {
          prices.sort(
              Comparator.comparingLong(ModelPrices.Row::fromEpochDay)
                  .thenComparingLong(ModelPrices.Row::aboveInputTokens)
                  .reversed());
          ModelPrices modelPrices = new ModelPrices(List.copyOf(prices));
          for (String name : names.split("\\|")) {
            list.add(name, modelPrices);
          }
        });
    return list;
  }

  private static ModelPrices.Row row(String[] fields) {
    Map<String, String> prices = new HashMap<>();
    for (String price : fields[3].split(" ")) {
      int equals = price.indexOf('=');
      prices.put(price.substring(0, equals), price.substring(equals + 1));
    }
    return new ModelPrices.Row(
        fields[1].equals("-") ? ModelPrices.ALWAYS : LocalDate.parse(fields[1]).toEpochDay(),
        fields[2].equals("-") ? -1 : Long.parseLong(fields[2]),
        UnitPrices.parse(prices));
  }
}
