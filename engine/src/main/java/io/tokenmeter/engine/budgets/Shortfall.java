package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.Duration;
import java.util.function.LongUnaryOperator;

/**
 * A hard budget that a call falls under and that cannot pay it, or is to be asked.
 *
 * @param rule what it goes by
 * @param budget its row as it stood
 * @param row which row of the rule that is; the same text for the same row
 * @param requested what it is asked to hold, in its unit
 * @param roomAt what it could hold at a moment to come (epoch ms), if all that is held came back
 *     and nothing more was used
 */
public record Shortfall(
    BudgetRule rule, Budget budget, String row, long requested, LongUnaryOperator roomAt) {

  /**
   * Whether the budget may be able to pay within some time: what others hold may come back at any
   * moment, a bucket refills, a window ends or goes on.
   *
   * @param now epoch ms
   */
  public boolean mayPass(Duration wait, long now) {
    return requested <= roomAt.applyAsLong(now + wait.toMillis());
  }
}
