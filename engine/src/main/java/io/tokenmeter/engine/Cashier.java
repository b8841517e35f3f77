package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.config.Configuration.BudgetSettings;
import io.tokenmeter.engine.config.Configuration.UnknownModel;
import io.tokenmeter.engine.prices.Cost;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reserves: what may a call cost, and do the budgets admit it? */
final class Cashier {
  /** More than any budget has, and little enough for all holds of a host to add up. */
  private static final long MOST = Long.MAX_VALUE >> 14;

  /** What the budgets said, in terms of the account to open. */
  sealed interface Ruling {
    /** The call may go out. */
    record Go(Decision decision, @Nullable String budget, Account.Held held) implements Ruling {}

    /**
     * It may not.
     *
     * @param budget the budget that refused; null where a policy did
     */
    record Stop(@Nullable Budget budget, String budgetName, long requested, String message)
        implements Ruling {}
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

  /**
   * Holds what a call may cost at most.
   *
   * @param most upper bounds of input and output, the input in the dearest class that it may be
   *     billed in
   */
  Ruling reserve(
      String provider,
      String model,
      String operation,
      Usage most,
      Map<String, String> attribution,
      Instant at) {
    CallKeys keys = CallKeys.of(attribution, provider, model, operation);
    Cost cost = books.cost(provider, null, model, most, at);
    if (cost == null && cannotBePriced(provider, most, at) && budgets.hasHardUsdBudget(keys)) {
      return new Ruling.Stop(
          null, "prices.unknown-model", 0, RefusalText.unpriced(provider, model));
    }
    long nanoUsd =
        Math.min(MOST, cost != null ? cost.nanoUsd() : books.unpriced(provider, most, at));
    long tokens = Math.min(MOST, most.totalTokens());
    Admission admission = budgets.reserve(tokens, nanoUsd, keys);
    if (admission instanceof Admission.Denied denied) {
      Budget budget = denied.budget();
      return new Ruling.Stop(
          budget, budget.name(), denied.requested(), RefusalText.of(budget, denied.requested()));
    }
    Admission.Granted granted = (Admission.Granted) admission;
    Account.Held held = new Account.Held(granted.hold(), tokens, nanoUsd);
    return granted.exceeded().isEmpty()
        ? new Ruling.Go(Decision.ADMITTED, null, held)
        : new Ruling.Go(Decision.OBSERVED, granted.exceeded().get(0).name(), held);
  }

  /** Holds nothing, but knows the budgets that are to be charged should the call cost something. */
  Account.Held nothing(String provider, String operation, Map<String, String> attribution) {
    return new Account.Held(budgets.watch(CallKeys.of(attribution, provider, "", operation)), 0, 0);
  }

  private boolean cannotBePriced(String provider, Usage most, Instant at) {
    UnknownModel policy = books.unknownModel();
    return policy == UnknownModel.REFUSE
        || (policy == UnknownModel.WORST_CASE && !books.hasWorstCase(provider, most, at));
  }
}
