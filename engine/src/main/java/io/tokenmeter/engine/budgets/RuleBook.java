package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.Ledger;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules in force, with what people have decided about them. Thread-safe. */
final class RuleBook {
  private static final long NOTHING_READ = -1;

  private final Ledger ledger;
  private final LongSupplier now;
  private volatile RuleRows[] rules = {};
  private volatile @Nullable Supplier<Allowances> decisions;
  private volatile long entryRead = NOTHING_READ;
  private Allowances allowances = Allowances.NONE; // guarded by this

  /**
   * @param now the budgets' clock, epoch ms
   */
  RuleBook(List<BudgetRule> rules, Ledger ledger, LongSupplier now) {
    this.ledger = ledger;
    this.now = now;
    this.rules = compile(rules);
  }

  /** In their order; not to be changed. */
  RuleRows[] rules() {
    return rules;
  }

  /** A rule as it is now; null if there is none any more that has the same rows. */
  @Nullable RuleRows current(RuleRows began) {
    for (RuleRows rule : rules) {
      if (rule == began || rule.identity() == began.identity()) {
        return rule;
      }
    }
    return null;
  }

  /** Other rules are in force. */
  synchronized void replace(List<BudgetRule> changed) {
    rules = compile(changed);
  }

  private RuleRows[] compile(List<BudgetRule> changed) {
    RuleRows[] current = rules;
    long at = now.getAsLong();
    return changed.stream()
        .map(rule -> new RuleRows(rule, ledger, allowances, Predecessors.of(rule, current, at)))
        .toArray(RuleRows[]::new);
  }

  /** See {@link Budgets#follow}. */
  void follow(Supplier<Allowances> source) {
    decisions = source;
    reread();
  }

  /** Asks anew for what people have decided. */
  synchronized void reread() {
    Supplier<Allowances> source = decisions;
    if (source != null) {
      // The number first: an entry that comes while reading is read again.
      long entry = ledger.audited();
      allowances = source.get();
      rules = compile(Arrays.stream(rules).map(RuleRows::rule).toList());
      entryRead = entry;
    }
  }

  /** Asks anew if the ledger says that people have decided something since. */
  void catchUp() {
    if (decisions != null && entryRead != ledger.audited()) {
      rereadOnce();
    }
  }

  private synchronized void rereadOnce() {
    if (entryRead != ledger.audited()) {
      reread();
    }
  }
}
