package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.LedgerHold;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Split split;

  /**
   * @param rules the rule of each of the hold's entries
   * @param split where grants pay too; else null
   */
  BudgetHold(Budgets budgets, RuleRows[] rules, LedgerHold hold, @Nullable Split split) {
    this.budgets = budgets;
    this.rules = rules;
    this.hold = hold;
    this.split = split;
  }

  @Override
  public void settle(long tokens, long nanoUsd) {
    if (split == null) {
      hold.settle(tokens, nanoUsd);
    } else if (hold.end()) {
      int entries = hold.entries();
      int end;
      for (int first = 0; first < entries; first = end) {
        RuleRows rule = rules[first];
        end = first + 1;
        while (end < entries && rules[end] == rule) {
          end++;
        }
        split.charge(hold, first, end, rule.amount(tokens, nanoUsd, 1));
      }
      hold.finish();
    }
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
    return budgets.grow(hold, rules, split, tokens, nanoUsd);
  }
}
