package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.LedgerHold;

/** What a call holds in the rows of its budgets. */
final class BudgetHold implements Admission.Hold {
  /** For a call that no budget matches. */
  static final Admission.Hold NOTHING =
      new Admission.Hold() {
        @Override
        public void settle(long tokens, long nanoUsd) {}

        @Override
        public void release() {}

        @Override
        public boolean extend() {
          return true;
        }

        @Override
        public Admission.Growth grow(long tokens, long nanoUsd) {
          return Admission.Growth.GROWN;
        }
      };

  private final Budgets budgets;
  private final RuleRows[] rules;
  private final LedgerHold hold;

  /**
   * @param rules the rule of each of the hold's entries
   */
  BudgetHold(Budgets budgets, RuleRows[] rules, LedgerHold hold) {
    this.budgets = budgets;
    this.rules = rules;
    this.hold = hold;
  }

  @Override
  public void settle(long tokens, long nanoUsd) {
    hold.settle(tokens, nanoUsd);
  }

  @Override
  public void release() {
    hold.release();
  }

  @Override
  public boolean extend() {
    return hold.extend(budgets.now());
  }

  @Override
  public Admission.Growth grow(long tokens, long nanoUsd) {
    return budgets.grow(hold, rules, tokens, nanoUsd);
  }
}
