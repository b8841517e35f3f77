package io.tokenmeter.engine.alerts;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Grant;
import java.time.Instant;

/** Something about a budget that people want to know before calls are refused. */
public sealed interface BudgetAlert {
  /** When it was noticed. */
  Instant time();

  /**
   * What was spent of a budget has reached a share of its limit.
   *
   * @param budget the row, as it stood when this was noticed
   * @param percent the threshold
   * @param action what becomes of a call that the budget cannot pay, as in the configuration
   */
  record ThresholdCrossed(Budget budget, int percent, String action, Instant time)
      implements BudgetAlert {}

  /**
   * A grant expires soon.
   *
   * @param left what it has left, in its unit
   */
  record GrantExpiring(Grant grant, long left, Instant time) implements BudgetAlert {}
}
