package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private @Nullable Split split;

  BudgetHold(Budgets budgets, LedgerHold hold) {
    this.budgets = budgets;
    this.hold = hold;
  }

  void begin(long now) {
    hold.begin(now);
    // Writing a reference can cost a fence, see took.
    if (!exceeded.isEmpty()) {
      exceeded = List.of();
    }
    split = null;
  }

  LedgerHold inLedger() {
    return hold;
  }

  /**
   * The entries from one on are those of a rule. Mostly they were so in the call before: a
   * reference that is written into an old object makes some garbage collectors fence.
   */
  void took(RuleRows rule, int from) {
    int end = hold.entries();
    for (int entry = from; entry < end; entry++) {
      if (entry >= rules.length) {
        rules = Arrays.copyOf(rules, 2 * rules.length);
      }
      if (rules[entry] != rule) {
        rules[entry] = rule;
      }
    }
  }

  /** Says that grants pay too, and whose the entries are. */
  Split split() {
    Split known = split;
    if (known == null) {
      known = split = new Split();
    }
    return known;
  }

  /** Null where no grant pays. */
  @Nullable Split splitOrNull() {
    return split;
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
    Split whose = split;
    if (whose == null) {
      hold.settle(tokens, nanoUsd);
      return;
    }
    LedgerHold.requireActual(tokens, nanoUsd);
    if (hold.end()) {
      int entries = hold.entries();
      int end;
      for (int first = 0; first < entries; first = end) {
        RuleRows rule = rules[first];
        end = first + 1;
        while (end < entries && rules[end] == rule) {
          end++;
        }
        whose.charge(hold, first, end, rule.amount(tokens, nanoUsd, 1));
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
    return budgets.grow(this, tokens, nanoUsd);
  }
}
