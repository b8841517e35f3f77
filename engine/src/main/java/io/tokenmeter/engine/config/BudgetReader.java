package io.tokenmeter.engine.config;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.config.Configuration.BudgetSettings;
import io.tokenmeter.engine.prices.PriceTable;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code budgets}. */
final class BudgetReader {
  static final long DEFAULT_MAX_OUTPUT_TOKENS = 4096;

  private static final Section.Parser<Long> OUTPUT_TOKENS = Values.wholeNumber(1, 1_000_000_000);

  private BudgetReader() {}

  static BudgetSettings read(Section budgets) {
    ActionReader.Kind action = ActionReader.defaultAction(budgets);
    boolean injectMax = budgets.value("inject-max-output", false, Values::flag);
    long defaultMax =
        budgets.value("default-max-output-tokens", DEFAULT_MAX_OUTPUT_TOKENS, OUTPUT_TOKENS);
    Map<String, Long> maxByModel =
        budgets
            .section("max-output-tokens")
            .rest((section, model) -> section.optional(model, OUTPUT_TOKENS));
    Optional<List<Integer>> thresholds =
        budgets.has("thresholds")
            ? Optional.of(AlertReader.thresholds(budgets, List.of()))
            : Optional.empty();
    List<BudgetRule> rules = new ArrayList<>();
    Map<String, Place> names = new HashMap<>();
    for (Section section : budgets.items("rules", "a budget rule with name, limit and window")) {
      rule(section, action, thresholds, names).ifPresent(rules::add);
    }
    budgets.refuseUnknownKeys();
    return new BudgetSettings(List.copyOf(rules), defaultMax, maxByModel, injectMax);
  }

  private static Optional<BudgetRule> rule(
      Section section,
      ActionReader.Kind actionByDefault,
      Optional<List<Integer>> defaultThresholds,
      Map<String, Place> names) {
    Optional<String> name = required(section, "name", Values.text("a name", 64));
    name.ifPresent(
        text -> {
          Place before = names.putIfAbsent(text, section.place("name"));
          if (before != null) {
            section.error("name", "'" + text + "' is taken; the budget at " + before + " has it");
          }
        });
    Map<String, String> match = section.section("match").rest(BudgetReader::matchedValue);
    List<String> per = per(section);
    Optional<Values.Limit> limit = required(section, "limit", Values::limit);
    Optional<Window> window = required(section, "window", WindowText::parse);
    Optional<Values.Limit> burst = section.optional("burst", Values::limit);
    ZoneId zone = section.value("zone", ZoneOffset.UTC, Values::zone);
    Action action = ActionReader.read(section, actionByDefault);
    boolean cutoff = section.value("cutoff", false, Values::flag);
    if (cutoff && action.equals(Action.OBSERVE)) {
      section.error("cutoff", "a budget that only observes ends no stream; expected false");
    }
    // A bucket is there to be emptied, many times an hour: it tells only where somebody asks.
    boolean refills = window.isPresent() && window.get().kind() == Window.Kind.REFILL;
    List<Integer> thresholds =
        AlertReader.thresholds(
            section,
            defaultThresholds.orElse(refills ? List.of() : AlertReader.DEFAULT_THRESHOLDS));
    List<Grant> grants = GrantReader.read(section, name, per, limit, zone);
    section.refuseUnknownKeys();
    checkBurst(section, limit, window, burst);
    if (name.isEmpty() || limit.isEmpty() || window.isEmpty()) {
      return Optional.empty();
    }
    Budget.Unit unit = limit.get().unit();
    long amount = limit.get().amount();
    BudgetRule.Builder rule =
        BudgetRule.named(name.get())
            .match(match)
            .per(per)
            .limit(unit, amount)
            .window(window.get())
            .zone(zone)
            .action(action)
            .cutoff(cutoff)
            .thresholds(thresholds)
            .grants(grants);
    burst.filter(most -> most.amount() > 0).ifPresent(most -> rule.burst(most.amount()));
    return Optional.of(rule.build());
  }

  private static void checkBurst(
      Section section,
      Optional<Values.Limit> limit,
      Optional<Window> window,
      Optional<Values.Limit> burst) {
    if (burst.isEmpty()) {
      return;
    }
    if (window.isPresent() && window.get().kind() != Window.Kind.REFILL) {
      section.error(
          "burst",
          "a " + window.get() + " has no burst; second, minute, refill hour and refill day have");
    } else if (limit.isPresent() && limit.get().unit() != burst.get().unit()) {
      section.error("burst", "expected the unit of the limit");
    } else if (burst.get().amount() == 0) {
      section.error("burst", "expected more than nothing");
    }
  }

  private static <T> Optional<T> required(Section section, String key, Section.Parser<T> parser) {
    if (!section.has(key)) {
      section.error("a budget rule needs " + key);
    }
    return section.optional(key, parser);
  }

  private static List<String> per(Section section) {
    List<String> per = section.words("per", AttributionReader::key);
    if (per.size() != per.stream().distinct().count()) {
      section.error("per", "names a key twice");
    }
    return per;
  }

  private static Optional<String> matchedValue(Section match, String key) {
    if (!AttributionReader.isKey(key)) {
      match.error(key, AttributionReader.KEY_EXPECTED);
      return Optional.empty();
    }
    Optional<String> value = match.optional(key, text -> possible(key, text));
    if (key.equals("provider")) {
      value.ifPresent(provider -> checkProvider(match, provider));
    }
    return value;
  }

  private static String possible(String key, String text) {
    int star = text.indexOf('*');
    if (star >= 0 && star < text.length() - 1) {
      throw new IllegalArgumentException("expected a * at the end only");
    }
    String literal = star < 0 ? text : text.substring(0, star);
    if (text.isEmpty() || !AttributionValues.clean(literal).equals(literal)) {
      throw new IllegalArgumentException(
          "expected a value of 1 to "
              + AttributionValues.MAX_VALUE_LENGTH
              + " characters; no call has another "
              + key);
    }
    return text;
  }

  private static void checkProvider(Section match, String provider) {
    if (provider.endsWith("*")) {
      return;
    }
    List<String> known = PriceTable.knownProviders();
    if (known.contains(provider)) {
      return;
    }
    String canonical = PriceTable.canonicalProvider(provider);
    if (known.contains(canonical)) {
      match.error(
          "provider",
          "no call has the provider '" + provider + "'; did you mean '" + canonical + "'?");
    } else {
      match.warning(
          "provider",
          "'"
              + provider
              + "' is no provider that tokenmeter knows"
              + Suggestion.didYouMean(provider, known));
    }
  }
}
