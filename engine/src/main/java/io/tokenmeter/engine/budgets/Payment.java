package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.LedgerHold;
import org.jspecify.annotations.Nullable;

/** Takes what a call may cost under one rule, from the rule's row and from grants. Thread-safe. */
final class Payment {
  /** A row can be taken back between looking it up and holding; twice in a row hardly ever. */
  private static final int MAX_LOOKUPS = 10;

  private final Ledger ledger;

  Payment(Ledger ledger) {
    this.ledger = ledger;
  }

  /** The budget as it stands if it cannot pay; null if it can. */
  @Nullable Budget take(RuleRows rule, CallKeys keys, long amount, LedgerHold hold, long now) {
    boolean force = !rule.rule().hard();
    long ref = 0;
    for (int i = 0; i < MAX_LOOKUPS; i++) {
      ref = rule.row(keys, hold, now, ref);
      if (ref == 0) {
        break;
      }
      LedgerHold.Taken taken = hold.take(ref, amount, rule.most(keys, now), force);
      if (taken == LedgerHold.Taken.WITHIN) {
        return null;
      }
      if (taken == LedgerHold.Taken.EXCEEDED) {
        return Standing.of(rule, ledger.state(ref), now);
      }
    }
    return force ? null : Standing.withoutRoom(rule, keys, now);
  }

  /**
   * As {@link #take}, where grants pay too: each pays what it can, in their order. A debt of one of
   * them is not paid by forgetting it: all together must be able to pay.
   */
  @Nullable Budget draw(
      RuleRows rule,
      @Nullable GrantRow[] sources,
      CallKeys keys,
      long amount,
      LedgerHold hold,
      Split split,
      long now) {
    long own = rule.row(keys, hold, now, 0);
    if (own != 0 && !ledger.isCurrent(own)) {
      own = rule.row(keys, hold, now, own);
    }
    if (own == 0) {
      return take(rule, keys, amount, hold, now);
    }
    boolean hard = rule.rule().hard();
    long limit = rule.most(keys, now);
    AccountState state = ledger.state(own);
    if (hard && amount > 0 && Raise.add(limit - state.committed(), room(sources)) < amount) {
      return Standing.of(rule, state, now);
    }
    long needed = amount;
    for (GrantRow grant : sources) {
      long ref = grant == null ? own : grant.row(hold);
      if (ref != 0) {
        long most = grant == null ? limit : grant.amount();
        long taken = needed == 0 ? 0 : hold.takeUpTo(ref, needed, most);
        // What pays nothing now has an entry all the same: the call may turn out to cost more.
        if (taken > 0 || hold.take(ref, 0, most, false) == LedgerHold.Taken.WITHIN) {
          split.add(hold.entries() - 1, grant);
          needed -= Math.max(0, taken);
        }
      }
    }
    if (needed == 0) {
      return null;
    }
    if (!hard && hold.take(own, needed, limit, true) != LedgerHold.Taken.GONE) {
      split.add(hold.entries() - 1, null);
    }
    return Standing.of(rule, ledger.state(own), now);
  }

  private static long room(@Nullable GrantRow[] sources) {
    long room = 0;
    for (GrantRow grant : sources) {
      room = Raise.add(room, grant == null ? 0 : grant.room());
    }
    return room;
  }

  /** Holds more in the entries of one rule. */
  @Nullable Budget grow(
      LedgerHold hold,
      LedgerHold more,
      RuleRows rule,
      @Nullable Split split,
      int first,
      int end,
      long amount,
      long[] grown,
      long now) {
    long needed = amount;
    int own = first;
    for (int i = first; i < end; i++) {
      GrantRow grant = split == null ? null : split.grant(i);
      if (grant == null) {
        own = i;
      }
      boolean last = end - first == 1;
      if (!last && needed > 0 && (grant == null || grant.isActive(now))) {
        long most = grant == null ? rule.mostOfRow(hold.ref(i), now) : grant.amount();
        grown[i] = Math.max(0, more.takeUpTo(hold.ref(i), needed, most));
        needed -= grown[i];
      }
    }
    if (needed == 0) {
      return null;
    }
    long ref = hold.ref(own);
    boolean hard = rule.rule().hard();
    LedgerHold.Taken taken = more.take(ref, needed, rule.mostOfRow(ref, now), !hard);
    if (taken == LedgerHold.Taken.WITHIN || (taken == LedgerHold.Taken.EXCEEDED && !hard)) {
      grown[own] += needed;
    }
    return taken == LedgerHold.Taken.EXCEEDED ? Standing.of(rule, ledger.state(ref), now) : null;
  }
}
