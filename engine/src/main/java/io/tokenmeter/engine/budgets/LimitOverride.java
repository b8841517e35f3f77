package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.Instant;
import java.util.Map;

/**
 * Raises a budget's limit for a time, in every window that the time touches.
 *
 * @param id names it in the audit file
 * @param budget the rule's name
 * @param scope a value for every key by which the rule is split; empty for all of its rows
 * @param unit must be the rule's, else it has no effect
 * @param amount added to the limit, in the unit
 * @param from inclusive
 * @param until exclusive
 */
public record LimitOverride(
    String id,
    String budget,
    Map<String, String> scope,
    Budget.Unit unit,
    long amount,
    Instant from,
    Instant until) {

  public LimitOverride {
    scope = Map.copyOf(scope);
  }
}
