package io.tokenmeter.engine.prices;

import io.tokenmeter.engine.config.Configuration.PriceOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The prices of one provider: the user's, then its own, then those of whom it resells. */
final class ProviderPrices {
  /** Models come from requests, so what is remembered of them has an end. */
  private static final int REMEMBERED_MODELS = 1024;

  /** Bedrock's cross-region inference profiles. */
  private static final Set<String> REGIONS =
      Set.of("global", "us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "me", "af");

  private final String name;
  private final PriceList own = new PriceList();
  private final List<PriceSection> bundled;
  private final Map<String, Optional<ModelPrices>> found = new ConcurrentHashMap<>();
  private volatile @Nullable Dearest dearest;

  private record Dearest(long epochDay, UnitPrices prices) {}

  /**
   * @param overrides the user's prices
   * @param bundled its own section and those of whom it resells, in this order
   */
  ProviderPrices(String name, List<PriceOverride> overrides, List<PriceSection> bundled) {
    this.name = name;
    this.bundled = bundled;
    for (PriceOverride override : overrides) {
      own.add(override.model(), ModelPrices.always(UnitPrices.parse(override.usdPerMillion())));
    }
  }

  String name() {
    return name;
  }

  /** The prices of a model as a request names it; null if there are none. */
  @Nullable ModelPrices find(String model) {
    Optional<ModelPrices> known = found.get(model);
    if (known == null) {
      known = Optional.ofNullable(search(model.toLowerCase(Locale.ROOT)));
      if (found.size() < REMEMBERED_MODELS) {
        found.put(model, known);
      }
    }
    return known.orElse(null);
  }

  private @Nullable ModelPrices search(String model) {
    List<String> names = namesOf(model);
    ModelPrices prices = search(own, names);
    for (int i = 0; prices == null && i < bundled.size(); i++) {
      prices = search(bundled.get(i).models(), names);
    }
    return prices;
  }

  private static @Nullable ModelPrices search(PriceList list, List<String> names) {
    for (String name : names) {
      ModelPrices prices = list.find(name);
      if (prices != null) {
        return prices;
      }
    }
    return null;
  }

  /** The name as it is, then without what providers put before it. */
  private List<String> namesOf(String model) {
    List<String> names = new ArrayList<>(List.of(model));
    String resource = model;
    if (model.startsWith("models/") || model.contains("/models/") || model.startsWith("arn:")) {
      resource = model.substring(model.lastIndexOf('/') + 1);
      names.add(resource);
    }
    if (resource.startsWith(name + "/")) {
      resource = resource.substring(name.length() + 1);
      names.add(resource);
    }
    int dot = resource.indexOf('.');
    if (dot > 0 && REGIONS.contains(resource.substring(0, dot))) {
      names.add(resource.substring(dot + 1));
    }
    return names;
  }

  /** The highest price of every class on a day; null if nothing has a price. */
  @Nullable UnitPrices dearestAt(long epochDay) {
    Dearest known = dearest;
    if (known != null && known.epochDay == epochDay) {
      return known.prices;
    }
    List<ModelPrices> models = new ArrayList<>(own.all());
    bundled.forEach(section -> models.addAll(section.models().all()));
    UnitPrices highest = null;
    for (ModelPrices model : models) {
      UnitPrices prices = model.dearestAt(epochDay);
      highest = highest == null ? prices : highest.max(prices);
    }
    if (highest != null) {
      dearest = new Dearest(epochDay, highest);
    }
    return highest;
  }
}
