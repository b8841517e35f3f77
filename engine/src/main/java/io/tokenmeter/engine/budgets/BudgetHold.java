package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.util.ArrayList;
import java.util.List;

/**
 * What a call holds in the rows of its budgets. Whoever owns one that has ended may {@linkplain
 * Budgets#reserve(BudgetHold, long, long, CallKeys) use it again}, and so allocate nothing; nobody
 * else may still have it by then.
 */
public final class BudgetHold implements Admission.Hold {
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

  private static final int USUAL_RULES = 8;

  private final Budgets budgets;
  private final LedgerHold hold;
  private RuleRows[] rules = new RuleRows[USUAL_RULES];
  private List<Budget> exceeded = List.of();

  BudgetHold(Budgets budgets, LedgerHold hold) {
    this.budgets = budgets;
    this.hold = hold;
  }

  void begin(long now) {
    hold.begin(now);
    exceeded = List.of();
  }

  LedgerHold inLedger() {
    return hold;
  }

  /** The entry that was taken last is one of a rule. */
  void took(RuleRows rule) {
    int entry = hold.entries() - 1;
    if (entry >= rules.length) {
      rules = java.util.Arrays.copyOf(rules, 2 * rules.length);
    }
    rules[entry] = rule;
  }

  RuleRows rule(int entry) {
    return rules[entry];
  }

  void exceeds(Budget budget) {
    exceeded = exceeded.isEmpty() ? new ArrayList<>() : exceeded;
    exceeded.add(budget);
  }

  /** Observing budgets that could not have paid what is held. */
  public List<Budget> exceeded() {
    return exceeded;
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
    return budgets.grow(this, tokens, nanoUsd);
  }
}
