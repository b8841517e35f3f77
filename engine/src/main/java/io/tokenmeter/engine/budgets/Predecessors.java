package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows that a refilling bucket had before a configuration changed its limit. What was used of
 * them by then, what calls hold included, is charged to its new row when its next call comes.
 *
 * <p>For one period only: after that they have refilled. Each process does so at its first call of
 * a row, and charges no more than the new row lacks; where the new one refills faster, one that
 * comes later may charge a little again. Too strict rather than too lax.
 *
 * @param rows the latest first
 * @param until epoch ms, when they have refilled
 */
record Predecessors(List<RuleRows> rows, long until) {
  static final Predecessors NONE = new Predecessors(List.of(), Long.MIN_VALUE);

  /** Whoever changes limits more often than that within a period may forget the oldest. */
  private static final int MOST = 4;

  /** Of a rule, as things stand before it is in force. */
  static Predecessors of(BudgetRule rule, RuleRows[] current, long now) {
    if (rule.window().kind() == Window.Kind.REFILL) {
      for (RuleRows rows : current) {
        if (isSameBut(rows.rule(), rule)) {
          return rows.rule().limit() == rule.limit()
              ? rows.earlier()
              : after(rows, rule, now + rule.window().length().toMillis());
        }
      }
    }
    return NONE;
  }

  private static boolean isSameBut(BudgetRule before, BudgetRule rule) {
    return before.name().equals(rule.name())
        && before.unit() == rule.unit()
        && before.window().equals(rule.window())
        && before.per().equals(rule.per());
  }

  private static Predecessors after(RuleRows latest, BudgetRule rule, long until) {
    List<RuleRows> rows = new ArrayList<>();
    rows.add(latest);
    for (RuleRows older : latest.earlier().rows()) {
      if (older.rule().limit() != rule.limit() && rows.size() < MOST) {
        rows.add(older);
      }
    }
    return new Predecessors(List.copyOf(rows), until);
  }

  /** What finds their rows in the ledger, as long as they are to be taken over. */
  List<Long> identities(long now) {
    return now >= until ? List.of() : rows.stream().map(RuleRows::identity).toList();
  }

  /** Charges a call's row what was used of the ones before and is not in it yet. */
  void handOver(CallKeys call, long ref, Ledger ledger, long now) {
    if (now >= until) {
      return;
    }
    long used = 0;
    for (RuleRows each : rows) {
      long before = each.find(call, now);
      used = Math.max(used, before == 0 ? 0 : ledger.state(before).committed());
    }
    if (used > ledger.state(ref).committed()) {
      LedgerHold charge = ledger.begin(now);
      // Held first, and only up to what was used: others may be handing the same over.
      long missing = charge.takeUpTo(ref, used, used);
      if (missing > 0 && charge.end()) {
        charge.charge(0, missing);
        charge.finish();
      } else {
        charge.release();
      }
    }
  }
}
