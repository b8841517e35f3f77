package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_EPOCH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;

/**
 * Debits and credits of single rows. A calendar row's {@code committed} is what was settled and
 * what is held, and a hold is one CAS that does not lift it above the limit. A refilling bucket's
 * is what was ever consumed, see {@link Refill}.
 */
final class Accounts {
  private final Memory memory;
  private final Rows rows;

  Accounts(Memory memory, Rows rows) {
    this.memory = memory;
    this.rows = rows;
  }

  /**
   * Commits an amount if that stays within the limit.
   *
   * @param amount at least 1
   */
  boolean commitWithin(long ref, long amount, long limit, long now) {
    return AccountRef.refill(ref)
        ? consume(rows.offset(ref), amount, now, false)
        : commitCalendar(rows.offset(ref) + ROW_COMMITTED, amount, limit);
  }

  private boolean commitCalendar(int word, long amount, long limit) {
    long before;
    do {
      before = memory.getVolatile(word);
      // A sum below 0 was never written by us: the page is damaged, and pays for nothing.
      if (before < 0 || amount > limit || before > limit - amount) {
        return false;
      }
    } while (!memory.compareAndSet(word, before, before + amount));
    return true;
  }

  /** What an account can still pay, at this moment. */
  long room(long ref, long limit, long now) {
    int row = rows.offset(ref);
    long committed = memory.getVolatile(row + ROW_COMMITTED);
    if (committed < 0) {
      return 0;
    }
    if (!AccountRef.refill(ref)) {
      return Math.max(0, limit - committed);
    }
    long rate = memory.get(row + ROW_RATE);
    int shift = Refill.shift(rate);
    long flowed = Refill.flowed(rate, memory.get(row + ROW_EPOCH), now);
    return Math.max(0, (rate >>> shift) - (Math.max(committed, flowed) - flowed)) << shift;
  }

  /**
   * Commits an amount whatever the limit says.
   *
   * @return whether it stayed within the limit
   */
  boolean commit(long ref, long amount, long limit, long now) {
    if (AccountRef.refill(ref)) {
      return consume(rows.offset(ref), amount, now, true);
    }
    int word = rows.offset(ref) + ROW_COMMITTED;
    long before;
    long after;
    do {
      before = memory.getVolatile(word);
      after = Saturating.add(Math.max(0, before), amount);
    } while (!memory.compareAndSet(word, before, after));
    return after <= limit;
  }

  private boolean consume(int row, long amount, long now, boolean force) {
    long rate = memory.get(row + ROW_RATE);
    int shift = Refill.shift(rate);
    long steps = Refill.steps(amount, shift);
    long flowed = Refill.flowed(rate, memory.get(row + ROW_EPOCH), now);
    long before;
    boolean fits;
    long base;
    do {
      before = memory.getVolatile(row + ROW_COMMITTED);
      base = Math.max(before, flowed);
      long room = (rate >>> shift) - (base - flowed);
      fits = before >= 0 && steps <= room;
      if (!fits && !force) {
        return false;
      }
    } while (!memory.compareAndSet(row + ROW_COMMITTED, before, Saturating.add(base, steps)));
    return fits;
  }

  /** First half of a settlement: {@code committed} holds the actual amount in place of the held. */
  void replace(long ref, long held, long actual, long now) {
    if (AccountRef.refill(ref)) {
      replaceConsumed(rows.offset(ref), held, actual, now);
      return;
    }
    int word = rows.offset(ref) + ROW_COMMITTED;
    long before;
    do {
      before = memory.getVolatile(word);
    } while (!memory.compareAndSet(word, before, Saturating.replace(before, held, actual)));
  }

  /** What comes back may have flowed in meanwhile and is then lost; what is added never is. */
  private void replaceConsumed(int row, long held, long actual, long now) {
    long rate = memory.get(row + ROW_RATE);
    int shift = Refill.shift(rate);
    long heldSteps = Refill.steps(held, shift);
    long actualSteps = Refill.steps(actual, shift);
    long flowed =
        actualSteps > heldSteps ? Refill.flowed(rate, memory.get(row + ROW_EPOCH), now) : 0;
    long before;
    long after;
    do {
      before = memory.getVolatile(row + ROW_COMMITTED);
      after =
          actualSteps > heldSteps
              ? Saturating.add(Math.max(before, flowed), actualSteps - heldSteps)
              : Saturating.replace(before, heldSteps, actualSteps);
    } while (!memory.compareAndSet(row + ROW_COMMITTED, before, after));
  }

  /** Second half of a settlement; a bucket keeps no such sum. */
  void charge(long ref, long actual) {
    if (!AccountRef.refill(ref) && actual > 0) {
      memory.addSaturating(rows.offset(ref) + ROW_SETTLED, actual);
    }
  }

  /** Takes back what {@link #charge} added; only for holds that were charged in advance. */
  void uncharge(long ref, long amount) {
    if (AccountRef.refill(ref)) {
      return;
    }
    int word = rows.offset(ref) + ROW_SETTLED;
    long before;
    do {
      before = memory.getVolatile(word);
    } while (!memory.compareAndSet(word, before, Saturating.replace(before, amount, 0)));
  }
}
