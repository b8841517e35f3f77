package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * A budget as it is configured.
 *
 * @param name unique
 * @param match attribution keys, {@code provider} or {@code model}, each with the value that a call
 *     must have; a trailing {@code *} matches any rest. Empty matches every call
 * @param per keys by whose values the rule is split into a row each, such as {@code user}; a call
 *     without the key falls into the row of the empty value
 * @param unit tokens or USD
 * @param limit in tokens or nano-USD, at least 0
 * @param hard whether it refuses; otherwise it only observes
 * @param window over what time the limit holds
 * @param zone in which days and months begin
 */
public record BudgetRule(
    String name,
    Map<String, String> match,
    List<String> per,
    Budget.Unit unit,
    long limit,
    boolean hard,
    Window window,
    ZoneId zone) {

  /** Over what time a limit holds. */
  public enum Window {
    /** A bucket of {@code limit}, refilled evenly over a minute. */
    MINUTE,
    /** A calendar day in the zone. */
    DAY,
    /** A calendar month in the zone. */
    MONTH
  }
}
