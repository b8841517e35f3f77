package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.Shortfall;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the budgets said, in terms of the account to open. */
sealed interface Ruling {
  /** The call may go out. */
  record Go(Decision decision, @Nullable String budget, Account.Held held) implements Ruling {
    /** No budget has a say. */
    static final Go UNBUDGETED = new Go(Decision.ADMITTED, null, Account.Held.NOTHING);
  }

  /**
   * It may go out once a budget can pay; nothing is held.
   *
   * @param shortfall the budget in whose line it stands
   * @param maxWait in all
   */
  record Wait(Shortfall shortfall, Duration maxWait) implements Ruling {}

  /**
   * It may not.
   *
   * @param budget the budget that refused; null where a policy did
   */
  record Stop(
      Decision decision, @Nullable Budget budget, String budgetName, long requested, String message)
      implements Ruling {

    static Stop of(Budget budget, long requested) {
      return new Stop(
          Decision.REFUSED, budget, budget.name(), requested, RefusalText.of(budget, requested));
    }

    static Stop of(Shortfall shortfall) {
      Budget budget = shortfall.budget();
      boolean approval = shortfall.rule().action() instanceof Action.RequireApproval;
      return new Stop(
          approval ? Decision.APPROVAL_REQUIRED : Decision.REFUSED,
          budget,
          budget.name(),
          shortfall.requested(),
          approval
              ? RefusalText.approval(budget, shortfall.requested())
              : RefusalText.of(budget, shortfall.requested()));
    }

    static Stop afterWaiting(Shortfall shortfall, Duration waited, Duration maxWait) {
      Budget budget = shortfall.budget();
      return new Stop(
          Decision.REFUSED,
          budget,
          budget.name(),
          shortfall.requested(),
          RefusalText.waited(budget, shortfall.requested(), waited, maxWait));
    }
  }
}
