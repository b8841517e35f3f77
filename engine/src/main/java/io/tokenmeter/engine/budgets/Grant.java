package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;

/**
 * A credit: a sum that a budget may spend beside its limit, once, until it expires.
 *
 * @param id unique among the budget's grants
 * @param budget the rule's name
 * @param scope a value for every key by which the rule is split; empty where all of its rows draw
 *     on it together
 * @param unit must be the rule's, else it has no effect
 * @param amount in the unit
 * @param effective from when it pays
 * @param expires until when calls may begin to draw on it; {@link Instant#MAX} for never. What a
 *     call holds of it by then stays its own
 * @param priority of several grants, and of the limit, which has 0, the smallest pays first
 * @param rollover of what is left when it expires, at most this becomes a grant that lasts as long
 *     again; 0 for none
 */
public record Grant(
    String id,
    String budget,
    Map<String, String> scope,
    Budget.Unit unit,
    long amount,
    Instant effective,
    Instant expires,
    int priority,
    long rollover) {

  /** The order in which they pay. */
  public static final Comparator<Grant> DRAINED_FIRST =
      Comparator.comparingInt(Grant::priority)
          .thenComparing(Grant::expires)
          .thenComparing(Grant::id);

  public Grant {
    scope = Map.copyOf(scope);
  }

  /** Whether a call that begins at a moment may draw on it. */
  public boolean isActive(Instant at) {
    return !at.isBefore(effective) && at.isBefore(expires);
  }
}
