package io.tokenmeter.engine.budgets;

/**
 * A grant at one moment.
 *
 * @param ref its row in the ledger; 0 if nobody has drawn on it
 * @param settled what was spent of it, in its unit
 * @param held by calls that have not ended
 */
public record GrantState(Grant grant, long ref, long settled, long held) {
  /** What is left to be spent, at least 0. */
  public long left() {
    return Math.max(0, grant.amount() - settled);
  }
}
