package io.tokenmeter.engine.prices;

import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.config.Configuration.PriceOverride;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, by provider and model. Immutable and thread-safe.
 *
 * <p>Providers are named as in {@code gen_ai.provider.name}; common other names ({@code google},
 * {@code bedrock}) are understood too. A model is found by its exact name, else as a dated snapshot
 * of a name, else by the longest prefix that ends at a boundary; the user's prices come before the
 * bundled ones. Fine tunes ({@code ft:...}) have a price only where the table states one.
 */
public final class PriceTable {
  private static final long SECONDS_A_DAY = 86_400;

  private final LocalDate date;
  private final Map<String, ProviderPrices> byName;

  private PriceTable(LocalDate date, Map<String, ProviderPrices> byName) {
    this.date = date;
    this.byName = byName;
  }

  /**
   * The bundled table with the user's prices over it: an override is the whole price of the models
   * that it names.
   *
   * @throws IllegalArgumentException if an override's prices are not those that {@link
   *     UnitPrices#parse} reads; the configuration has checked them
   */
  public static PriceTable bundled(List<PriceOverride> overrides) {
    return over(PriceFile.bundled(), overrides);
  }

  private static PriceTable over(PriceFile file, List<PriceOverride> overrides) {
    Map<String, List<PriceOverride>> overridesByName = new LinkedHashMap<>();
    for (PriceOverride override : overrides) {
      String name = canonical(file, override.provider());
      overridesByName.computeIfAbsent(name, provider -> new ArrayList<>()).add(override);
    }
    Map<String, ProviderPrices> byName = new LinkedHashMap<>();
    for (PriceSection section : file.providers()) {
      List<PriceSection> bundled = new ArrayList<>(List.of(section));
      for (PriceSection other : file.providers()) {
        if (section.fallbacks().contains(other.name())) {
          bundled.add(other);
        }
      }
      List<PriceOverride> own = overridesByName.getOrDefault(section.name(), List.of());
      ProviderPrices prices = new ProviderPrices(section.name(), own, bundled);
      byName.put(section.name(), prices);
      section.aliases().forEach(alias -> byName.put(alias, prices));
    }
    overridesByName.forEach(
        (name, own) -> byName.putIfAbsent(name, new ProviderPrices(name, own, List.of())));
    return new PriceTable(file.date(), byName);
  }

  /**
   * A provider's name as in {@code gen_ai.provider.name}, where the bundled table knows it by
   * another one; any other name in lower case.
   */
  public static String canonicalProvider(String name) {
    return canonical(PriceFile.bundled(), name);
  }

  /** The providers of the bundled table, with the other names that a call may have them under. */
  public static List<String> knownProviders() {
    List<String> names = new ArrayList<>();
    for (PriceSection provider : PriceFile.bundled().providers()) {
      names.add(provider.name());
      provider.aliases().stream().filter(alias -> alias.contains(".")).forEach(names::add);
    }
    return names;
  }

  private static String canonical(PriceFile file, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (PriceSection provider : file.providers()) {
      if (provider.aliases().contains(lower)) {
        return provider.name();
      }
    }
    return lower;
  }

  /** The day whose prices the bundled table has; they may be newer, but not older. */
  public LocalDate date() {
    return date;
  }

  /** The providers that some model's price is known of, the most common first. */
  public List<String> providers() {
    return byName.values().stream().map(ProviderPrices::name).distinct().toList();
  }

  /**
   * What a usage costs.
   *
   * @param at when the call was made; prices have dates
   * @return null if the model has no price
   */
  public @Nullable Cost cost(String provider, String model, Usage usage, Instant at) {
    UnitPrices prices = unitPrices(provider, model, usage.inputTokens(), at);
    return prices == null ? null : prices.cost(usage);
  }

  /**
   * What each token of a call costs.
   *
   * @param inputTokens of all classes together; long contexts may cost more
   * @return null if the model has no price
   */
  public @Nullable UnitPrices unitPrices(
      String provider, String model, long inputTokens, Instant at) {
    ModelPrices prices = find(provider, model);
    return prices == null ? null : prices.at(epochDay(at), inputTokens);
  }

  private @Nullable ModelPrices find(String provider, String model) {
    ProviderPrices own = byName.get(provider);
    ModelPrices prices = own == null ? null : own.find(model);
    int slash = model.indexOf('/');
    if (prices == null && slash > 0) {
      // Gateways call a model by its maker and its name.
      ProviderPrices maker = byName.get(model.substring(0, slash));
      prices = maker == null ? null : maker.find(model.substring(slash + 1));
    }
    return prices;
  }

  /** The same at the provider's dearest prices; null if nothing of the provider has a price. */
  public @Nullable Cost worstCase(String provider, Usage usage, Instant at) {
    ProviderPrices own = byName.get(provider);
    UnitPrices prices = own == null ? null : own.dearestAt(epochDay(at));
    return prices == null ? null : prices.cost(usage);
  }

  private static long epochDay(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), SECONDS_A_DAY);
  }
}
