package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.budgets.Shortfall;
import io.tokenmeter.engine.config.Configuration.BudgetSettings;
import io.tokenmeter.engine.config.Configuration.UnknownModel;
import io.tokenmeter.engine.prices.Cost;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reserves: what may a call cost, and do the budgets admit it? */
final class Cashier {
  /** More than any budget has, and little enough for all holds of a host to add up. */
  private static final long MOST = Long.MAX_VALUE >> 14;

  /** What came of an attempt to hold. */
  sealed interface Answer {
    /**
     * Every hard budget holds what the call may cost.
     *
     * @param exceeded the first observing budget that could not have paid
     */
    record Held(Account.Held held, @Nullable String exceeded) implements Answer {}

    /** A hard budget cannot pay. */
    record Denied(Admission.Denied denied) implements Answer {}

    /** Nobody can say what the call may cost, and a hard budget wants to know. */
    record Unpriced() implements Answer {}
  }

  private final Budgets budgets;
  private final Books books;
  private volatile BudgetSettings settings;

  Cashier(Budgets budgets, Books books, BudgetSettings settings) {
    this.budgets = budgets;
    this.books = books;
    this.settings = settings;
  }

  void reconfigure(BudgetSettings settings) {
    this.settings = settings;
  }

  /**
   * What may come back at most from a request that states no limit: the entry of the longest prefix
   * of the model's name, else the default.
   */
  long defaultMaxOutput(String model) {
    BudgetSettings now = settings;
    long tokens = now.defaultMaxOutputTokens();
    int longest = -1;
    for (Map.Entry<String, Long> entry : now.maxOutputTokens().entrySet()) {
      if (entry.getKey().length() > longest && model.startsWith(entry.getKey())) {
        longest = entry.getKey().length();
        tokens = entry.getValue();
      }
    }
    return tokens;
  }

  /** Whether any budget is to be asked, or told, about a call. */
  boolean isBudgeted(Terms terms, Map<String, String> attribution) {
    return budgets.anyMatches(keys(terms, attribution));
  }

  /** Holds what a call may cost at most. */
  Answer hold(Terms terms, Map<String, String> attribution, Instant at) {
    CallKeys keys = keys(terms, attribution);
    Usage most = terms.most();
    Cost cost = books.cost(terms.provider(), null, terms.model(), most, at);
    if (cost == null
        && cannotBePriced(terms.provider(), most, at)
        && budgets.hasHardUsdBudget(keys)) {
      return new Answer.Unpriced();
    }
    long nanoUsd = nanoUsd(terms.provider(), cost, most, at);
    long tokens = Math.min(MOST, most.totalTokens());
    Admission admission = budgets.reserve(tokens, nanoUsd, keys);
    if (admission instanceof Admission.Denied denied) {
      return new Answer.Denied(denied);
    }
    Admission.Granted granted = (Admission.Granted) admission;
    return new Answer.Held(
        new Account.Held(granted.hold(), tokens, nanoUsd),
        granted.exceeded().isEmpty() ? null : granted.exceeded().get(0).name());
  }

  private static CallKeys keys(Terms terms, Map<String, String> attribution) {
    return CallKeys.of(attribution, terms.provider(), terms.model(), terms.operation());
  }

  private long nanoUsd(String provider, @Nullable Cost cost, Usage most, Instant at) {
    return Math.min(MOST, cost != null ? cost.nanoUsd() : books.unpriced(provider, most, at));
  }

  /** What a call may cost at most, in a unit. */
  long amount(Terms terms, Budget.Unit unit, Instant at) {
    Usage most = terms.most();
    return switch (unit) {
      case CALLS -> 1;
      case TOKENS -> Math.min(MOST, most.totalTokens());
      case USD ->
          nanoUsd(
              terms.provider(),
              books.cost(terms.provider(), null, terms.model(), most, at),
              most,
              at);
    };
  }

  /** Every hard budget that cannot pay a call as things stand. */
  List<Shortfall> shortfalls(Terms terms, Map<String, String> attribution, Instant at) {
    return budgets.shortfalls(
        amount(terms, Budget.Unit.TOKENS, at),
        amount(terms, Budget.Unit.USD, at),
        1,
        keys(terms, attribution));
  }

  /** Every hard budget that cannot hold so much more. */
  List<Shortfall> shortfalls(
      Terms terms, long tokens, long nanoUsd, Map<String, String> attribution) {
    return budgets.shortfalls(tokens, nanoUsd, 0, keys(terms, attribution));
  }

  /**
   * Nano-USD. The price of output may depend on the input.
   *
   * @param output tokens of output that are held already
   * @param more tokens of output
   */
  long priceOfMore(Terms terms, long output, long more, Instant at) {
    return price(terms, output + more, at) - price(terms, output, at);
  }

  private long price(Terms terms, long output, Instant at) {
    Usage usage = terms.with(output);
    Cost cost = books.cost(terms.provider(), null, terms.model(), usage, at);
    return nanoUsd(terms.provider(), cost, usage, at);
  }

  /** Every throttling budget that a call falls under, whether it can pay or not. */
  List<Shortfall> throttled(Terms terms, Map<String, String> attribution, Instant at) {
    return budgets.throttled(
        amount(terms, Budget.Unit.TOKENS, at),
        amount(terms, Budget.Unit.USD, at),
        1,
        keys(terms, attribution));
  }

  /** Whether a limit is to be written into a request that states none. */
  boolean injects(Terms terms, Map<String, String> attribution) {
    return settings.injectMaxOutput() && budgets.hasHardBudget(keys(terms, attribution));
  }

  boolean hasPrice(String provider, String model, Instant at) {
    return books.cost(provider, null, model, Usage.of(1, 1), at) != null;
  }

  /** Whether a budget may end the call's stream. */
  boolean mayCutOff(Terms terms, Map<String, String> attribution) {
    return budgets.mayCutOff(keys(terms, attribution));
  }

  /** The budgets' clock, epoch ms. */
  long time() {
    return budgets.time();
  }

  /** Holds nothing, but knows the budgets that are to be charged should the call cost something. */
  Account.Held nothing(String provider, String operation, Map<String, String> attribution) {
    CallKeys keys = CallKeys.of(attribution, provider, "", operation);
    return budgets.anyMatches(keys)
        ? new Account.Held(budgets.watch(keys), 0, 0)
        : Account.Held.NOTHING;
  }

  private boolean cannotBePriced(String provider, Usage most, Instant at) {
    UnknownModel policy = books.unknownModel();
    return policy == UnknownModel.REFUSE
        || (policy == UnknownModel.WORST_CASE && !books.hasWorstCase(provider, most, at));
  }
}
