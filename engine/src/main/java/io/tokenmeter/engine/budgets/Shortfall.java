package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.Duration;

/**
 * A hard budget that cannot pay a call.
 *
 * @param rule what it goes by
 * @param budget its row as it stood
 * @param row which row of the rule that is; the same text for the same row
 * @param requested what it was asked to hold, in its unit
 */
public record Shortfall(BudgetRule rule, Budget budget, String row, long requested) {
  private static final long REFILL_MILLIS = 60_000;

  /**
   * Whether the budget may be able to pay within some time: what others hold may come back at any
   * moment, a bucket refills, a window ends.
   *
   * @param now epoch ms
   */
  public boolean mayPass(Duration wait, long now) {
    if (requested > budget.limit()) {
      return false;
    }
    if (budget.resetsAt().toEpochMilli() <= now + wait.toMillis()) {
      return true;
    }
    double refilled =
        rule.window() == BudgetRule.Window.MINUTE
            ? (double) budget.limit() * wait.toMillis() / REFILL_MILLIS
            : 0;
    return (double) budget.remaining() + budget.reserved() + refilled >= requested;
  }
}
