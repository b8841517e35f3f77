package io.tokenmeter.engine.config;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.engine.config.Configuration.PriceOverride;
import io.tokenmeter.engine.config.Configuration.PriceSettings;
import io.tokenmeter.engine.config.Configuration.UnknownModel;
import io.tokenmeter.engine.prices.PriceTable;
import io.tokenmeter.engine.prices.UnitPrices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code prices}. */
final class PriceReader {
  private static final List<String> LABELS =
      Arrays.stream(TokenClass.values()).map(TokenClass::label).toList();
  private static final String PRICES = "usd-per-million";
  private static final Map<String, UnknownModel> POLICIES = new LinkedHashMap<>();

  static {
    for (UnknownModel policy : UnknownModel.values()) {
      POLICIES.put(policy.name().toLowerCase(Locale.ROOT).replace('_', '-'), policy);
    }
  }

  private PriceReader() {}

  static PriceSettings read(Section prices) {
    UnknownModel unknown =
        prices.value("unknown-model", UnknownModel.WORST_CASE, Values.word(POLICIES));
    List<PriceOverride> overrides = new ArrayList<>();
    Map<String, Place> known = new HashMap<>();
    for (Section section :
        prices.items("overrides", "a price with provider, model and " + PRICES)) {
      override(section, known).ifPresent(overrides::add);
    }
    prices.refuseUnknownKeys();
    return new PriceSettings(List.copyOf(overrides), unknown);
  }

  private static Optional<PriceOverride> override(Section section, Map<String, Place> known) {
    for (String key : List.of("provider", "model", PRICES)) {
      if (!section.has(key)) {
        section.error("a price needs " + key);
      }
    }
    Optional<String> provider =
        section
            .optional("provider", Values.text("a provider's name", 64))
            .map(PriceTable::canonicalProvider);
    Optional<String> model = section.optional("model", PriceReader::model);
    Section prices = section.section(PRICES);
    Map<String, String> usd = prices.rest(PriceReader::price);
    section.refuseUnknownKeys();
    if (provider.isEmpty() || model.isEmpty()) {
      return Optional.empty();
    }
    if (!usd.containsKey(TokenClass.UNCACHED_INPUT.label())) {
      if (section.has(PRICES) && !prices.has(TokenClass.UNCACHED_INPUT.label())) {
        section.error(PRICES, "needs a price for " + TokenClass.UNCACHED_INPUT.label());
      }
      return Optional.empty();
    }
    Place before = known.putIfAbsent(provider.get() + " " + model.get(), section.place());
    if (before != null) {
      section.error("the same provider and model have a price at " + before);
    }
    return Optional.of(new PriceOverride(provider.get(), model.get(), usd));
  }

  private static String model(String text) {
    int star = text.indexOf('*');
    if (star >= 0 && star < text.length() - 1) {
      throw new IllegalArgumentException("expected a * at the end only");
    }
    return Values.text("a model's name", 200).parse(text).toLowerCase(Locale.ROOT);
  }

  private static Optional<String> price(Section section, String label) {
    if (!LABELS.contains(label)) {
      section.error(label, "there is no such token class" + Suggestion.didYouMean(label, LABELS));
      return Optional.empty();
    }
    return section.optional(
        label,
        text -> {
          UnitPrices.picoUsdPerToken(text);
          return text;
        });
  }
}
