package io.tokenmeter.engine.prices;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Models and prefixes of one provider with their prices. Not changed after it was filled.
 *
 * <p>A name stands for itself and for its dated snapshots ({@code gpt-4o-2024-08-06}, {@code
 * claude-sonnet-4@20250514}, {@code ...-latest}). A name with a trailing {@code *} stands for every
 * name that begins with it and goes on at a boundary, so {@code gpt-4*} has nothing to say about
 * {@code gpt-4o}. The longest that fits wins.
 */
final class PriceList {
  private static final Pattern SNAPSHOT =
      Pattern.compile(
          "(?<base>.+?)"
              + "(?:(?:[-@]\\d{4}-\\d{2}-\\d{2}|[-@]\\d{8}|[-@]latest|@default)(?:-v\\d+(?::\\d+)?)?"
              + "|-v\\d+:\\d+)");
  private static final String BOUNDARIES = "-:@";

  private final Map<String, ModelPrices> names = new HashMap<>();

  /** The longest first. */
  private final List<Map.Entry<String, ModelPrices>> prefixes = new ArrayList<>();

  /** Adds a name or, with a trailing {@code *}, a prefix; case does not matter. */
  void add(String pattern, ModelPrices prices) {
    String lower = pattern.toLowerCase(Locale.ROOT);
    if (lower.endsWith("*")) {
      String prefix = lower.substring(0, lower.length() - 1);
      int at = 0;
      while (at < prefixes.size() && prefixes.get(at).getKey().length() >= prefix.length()) {
        at++;
      }
      prefixes.add(at, Map.entry(prefix, prices));
    } else {
      names.put(lower, prices);
    }
  }

  /** The prices of a model, its name in lower case; null if none fits. */
  @Nullable ModelPrices find(String model) {
    ModelPrices exact = names.get(model);
    if (exact != null) {
      return exact;
    }
    Matcher snapshot = SNAPSHOT.matcher(model);
    String base = snapshot.matches() ? snapshot.group("base") : "";
    ModelPrices ofBase = names.get(base);
    for (Map.Entry<String, ModelPrices> prefix : prefixes) {
      if (ofBase != null && prefix.getKey().length() < base.length()) {
        break;
      }
      if (begins(model, prefix.getKey())) {
        return prefix.getValue();
      }
    }
    return ofBase;
  }

  private static boolean begins(String model, String prefix) {
    return model.startsWith(prefix)
        && (model.length() == prefix.length()
            || prefix.isEmpty()
            || BOUNDARIES.indexOf(model.charAt(prefix.length())) >= 0
            || BOUNDARIES.indexOf(prefix.charAt(prefix.length() - 1)) >= 0);
  }

  /** The names that stand for single models. */
  Set<String> names() {
    return Set.copyOf(names.keySet());
  }

  /** Every model's prices, some of them more than once. */
  Collection<ModelPrices> all() {
    List<ModelPrices> all = new ArrayList<>(names.values());
    prefixes.forEach(prefix -> all.add(prefix.getValue()));
    return all;
  }
}
