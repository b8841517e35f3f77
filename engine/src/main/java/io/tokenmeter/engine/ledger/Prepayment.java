package io.tokenmeter.engine.ledger;

import io.tokenmeter.engine.ledger.LedgerHold.Taken;
import java.nio.ByteBuffer;

/**
 * What a call takes that found no slot: the amounts count as settled from the start, and the end
 * corrects that. A crash then leaves them spent, never forgotten. Thread-safe.
 */
final class Prepayment {
  private final Ledger ledger;
  private final Memory memory;
  private final Rows rows;
  private final Accounts accounts;

  Prepayment(Ledger ledger, Memory memory, Rows rows, Accounts accounts) {
    this.ledger = ledger;
    this.memory = memory;
    this.rows = rows;
    this.accounts = accounts;
  }

  /**
   * Settles an amount in advance, as {@link LedgerHold#take} holds one.
   *
   * @param amount in the row's steps
   */
  Taken take(long ref, long amount, long limit, boolean force, long now) {
    boolean counted = ledger.beginSlotless();
    try {
      return rows.isCurrent(ref) ? settle(ref, amount, limit, force, now) : Taken.GONE;
    } finally {
      ledger.endSlotless(counted);
    }
  }

  /**
   * In a calendar account settled goes up first and down last, so that it never looks as if
   * something were held. In others what is settled stays: it may have expired already.
   */
  private Taken settle(long ref, long amount, long limit, boolean force, long now) {
    boolean calendar = AccountRef.isCalendar(ref);
    if (calendar) {
      accounts.charge(ref, amount);
    }
    boolean within =
        accounts.take(memory.words(), ref, rows.offset(ref), amount, limit, force, now);
    if (!within && !force) {
      if (calendar) {
        accounts.uncharge(ref, amount);
      }
      return Taken.EXCEEDED;
    }
    if (!calendar) {
      accounts.charge(ref, amount);
    }
    return within ? Taken.WITHIN : Taken.EXCEEDED;
  }

  /** Puts actual amounts in place of what was settled in advance. */
  void correct(int entries, long[] refs, long[] settled, long[] actual) {
    boolean counted = ledger.beginSlotless();
    try {
      ByteBuffer words = memory.words();
      for (int i = 0; i < entries; i++) {
        if (rows.isCurrent(refs[i])) {
          correct(words, refs[i], settled[i], actual[i]);
        }
      }
    } finally {
      ledger.endSlotless(counted);
    }
  }

  private void correct(ByteBuffer words, long ref, long settled, long actual) {
    boolean givesBack = AccountRef.isCalendar(ref) && actual < settled;
    long charged = givesBack ? actual : Math.max(settled, actual);
    accounts.charge(ref, charged - settled);
    accounts.replace(words, rows.offset(ref), settled, charged);
    if (givesBack) {
      accounts.uncharge(ref, settled - charged);
    }
  }
}
