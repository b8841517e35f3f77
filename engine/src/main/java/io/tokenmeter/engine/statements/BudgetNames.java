package io.tokenmeter.engine.statements;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is known of a budget by the hash of its rows, whether it is still configured or not. */
@FunctionalInterface
public interface BudgetNames {
  Optional<Known> find(long rule);

  /** The same, asked once for each budget only. For one thread. */
  default BudgetNames remembering() {
    Map<Long, Optional<Known>> known = new HashMap<>();
    return rule -> known.computeIfAbsent(rule, this::find);
  }

  /**
   * A budget.
   *
   * @param window such as {@code month}
   * @param unit such as {@code usd}
   * @param limit in the unit; -1 where it is not configured any more
   */
  record Known(String name, String window, String unit, long limit) {}
}
