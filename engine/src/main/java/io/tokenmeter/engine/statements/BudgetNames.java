package io.tokenmeter.engine.statements;

import java.util.Optional;

/** What is known of a budget by the hash of its rows, whether it is still configured or not. */
@FunctionalInterface
public interface BudgetNames {
  Optional<Known> find(long rule);

  /**
   * A budget.
   *
   * @param window such as {@code month}
   * @param unit such as {@code usd}
   * @param limit in the unit; -1 where it is not configured any more
   */
  record Known(String name, String window, String unit, long limit) {}
}
