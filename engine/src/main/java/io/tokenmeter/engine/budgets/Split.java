package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.LedgerHold;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which entry of a hold is whose, where grants pay too: of one rule there are then several, in the
 * order in which they pay. What a call cost fills what they hold in that order; what it cost beyond
 * that is the limit's debt.
 */
final class Split {
  /** Of each entry, the grant that it draws on; null for the rule's own row. */
  private @Nullable GrantRow[] grants = new GrantRow[8];

  /** Of each entry, what was added to its hold later. */
  private long[] grown = new long[8];

  private boolean any;

  /** Says whose the hold's last entry is. */
  void add(int entry, @Nullable GrantRow grant) {
    if (entry >= grants.length) {
      grants = Arrays.copyOf(grants, 2 * entry);
      grown = Arrays.copyOf(grown, 2 * entry);
    }
    grants[entry] = grant;
    any |= grant != null;
  }

  /** Whether a grant pays for any of it. */
  boolean any() {
    return any;
  }

  @Nullable GrantRow grant(int entry) {
    return entry < grants.length ? grants[entry] : null;
  }

  synchronized void grow(int entry, long amount) {
    if (entry >= grown.length) {
      add(entry, null);
    }
    grown[entry] += amount;
  }

  /** Says what each entry of one rule is charged. */
  synchronized void charge(LedgerHold hold, int first, int end, long actual) {
    long left = actual;
    int own = end - 1;
    long ofOwn = 0;
    for (int i = first; i < end; i++) {
      long part = Math.min(left, hold.held(i) + (i < grown.length ? grown[i] : 0));
      hold.charge(i, part);
      left -= part;
      if (grant(i) == null) {
        own = i;
        ofOwn = part;
      }
    }
    if (left > 0) {
      hold.charge(own, ofOwn + left);
    }
  }
}
