package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_EPOCH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_PERIOD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;

import java.nio.ByteBuffer;

/**
 * Debits and credits of single rows. In every row {@code committed} is what was ever settled and
 * what is held. What of the settled sum no longer counts is its <em>expiry</em>: nothing in a
 * calendar row, what has flowed in again in a bucket, what has left the window in a rolling one. A
 * hold is one CAS that lifts {@code committed} to at most limit + expiry.
 *
 * <p>The expiry only grows, so one that was read a moment ago is on the safe side; and it is never
 * more than what is settled, so refill and time pay for nothing that is still in flight.
 *
 * <p>A bucket's is the flow since its epoch without the flow that found the bucket full, which is
 * the row's mark: before something is settled the mark is lifted until all flow beyond the settled
 * sum is in it.
 */
final class Accounts {
  private final Memory memory;
  private final Rows rows;
  private final Rolling rolling;
  private final ClockGuard clock;

  Accounts(Memory memory, Rows rows, ClockGuard clock) {
    this.memory = memory;
    this.rows = rows;
    this.rolling = new Rolling(memory, rows);
    this.clock = clock;
  }

  /** An amount as a row reckons it: a bucket with a huge rate in steps, rounded up. */
  long inSteps(long ref, long amount) {
    return AccountRef.isCalendar(ref) ? amount : Refill.steps(amount, shift(ref));
  }

  /** A sum of a row as people reckon it. */
  long inUnits(long ref, long sum) {
    int shift = shift(ref);
    return sum > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : sum << shift;
  }

  private int shift(long ref) {
    if (AccountRef.shape(ref) != AccountShape.REFILL) {
      return 0;
    }
    int row = rows.offset(ref);
    return Refill.shift(Math.max(0, memory.get(row + ROW_RATE)), memory.get(row + ROW_PERIOD));
  }

  /**
   * Commits an amount for a call; 0 fits always.
   *
   * @param row offset
   * @param amount in the row's steps
   * @param force whether it is committed even where the account cannot pay
   * @param now believed, epoch ms
   * @return whether it stayed within the limit
   */
  boolean take(
      ByteBuffer words, long ref, int row, long amount, long limit, boolean force, long now) {
    if (amount == 0) {
      return true;
    }
    return force
        ? commit(words, ref, row, amount, limit, now)
        : commitWithin(words, ref, row, amount, limit, now);
  }

  /**
   * Commits an amount if that stays within the limit.
   *
   * @param row offset
   * @param amount at least 1, in the row's steps
   * @param now believed, epoch ms
   */
  boolean commitWithin(ByteBuffer words, long ref, int row, long amount, long limit, long now) {
    boolean calendar = AccountRef.isCalendar(ref);
    long most = calendar ? limit : limit >>> shift(ref);
    long expiry = calendar ? 0 : expiry(ref, row, now);
    long before;
    do {
      before = memory.peek(words, row + ROW_COMMITTED);
      // A sum below 0 was never written by us: the page is damaged, and pays for nothing.
      if (before < 0 || amount > most || before - expiry > most - amount) {
        return false;
      }
    } while (!memory.compareAndSet(
        words, row + ROW_COMMITTED, before, Saturating.add(before, amount)));
    return true;
  }

  /**
   * Commits an amount whatever the limit says.
   *
   * @return whether it stayed within the limit
   */
  boolean commit(ByteBuffer words, long ref, int row, long amount, long limit, long now) {
    long expiry = expiry(ref, row, now);
    long before;
    long after;
    do {
      before = memory.peek(words, row + ROW_COMMITTED);
      after = Saturating.add(Math.max(0, before), amount);
    } while (!memory.compareAndSet(words, row + ROW_COMMITTED, before, after));
    return after - expiry <= limit >>> shift(ref);
  }

  /** What an account can still pay at this moment, in units. */
  long room(long ref, long limit, long now) {
    int row = rows.offset(ref);
    long expiry = expirySeen(ref, row, now);
    long committed = memory.getVolatile(row + ROW_COMMITTED);
    // Whole steps, as the limit is taken.
    long steps = (limit >>> shift(ref)) - Math.max(0, committed - expiry);
    return committed < 0 ? 0 : inUnits(ref, Math.max(0, steps));
  }

  /** What of the settled sum does not count any more. */
  long expiry(long ref, int row, long now) {
    return switch (AccountRef.shape(ref)) {
      case REFILL -> refilled(row, clock.elapsed(now));
      case ROLLING -> Math.min(rolling.left(row, clock.elapsed(now)), settled(row));
      case SESSION -> {
        touch(row, clock.elapsed(now));
        yield 0;
      }
      case CALENDAR, SPEND -> 0;
    };
  }

  private long settled(int row) {
    return Math.max(0, memory.get(row + ROW_SETTLED));
  }

  /**
   * The same for who only looks. Changes nothing: no slot names the row, which may be another's by
   * then, and looking keeps no row alive. Goes by the same time as a debit does: who looks for what
   * there is room for must not be told of more than a debit finds.
   */
  long expirySeen(long ref, int row, long now) {
    return AccountRef.shape(ref) == AccountShape.SESSION
        ? 0
        : expiryBy(ref, row, now, clock.elapsed(now));
  }

  /**
   * The same for a moment to come, if nothing is settled until then. Changes nothing.
   *
   * @param row offset
   */
  long expiryBy(long ref, int row, long at) {
    return expiryBy(ref, row, at, clock.elapsedBy(at));
  }

  private long expiryBy(long ref, int row, long at, long elapsed) {
    return switch (AccountRef.shape(ref)) {
      case REFILL -> refilled(row, elapsed);
      case ROLLING -> Math.min(rolling.leftBy(row, elapsed), settled(row));
      case SESSION -> elapsed >= resetsAtElapsed(ref, at) ? settled(row) : 0;
      case CALENDAR, SPEND -> 0;
    };
  }

  /** The settled sum first: the mark was lifted before the sum grew. */
  private long refilled(int row, long elapsed) {
    long settled = settled(row);
    long mark = memory.get(row + ROW_MARK);
    return Math.max(0, Math.min(settled, flowed(row, elapsed) - Math.max(0, mark)));
  }

  private long flowed(int row, long elapsed) {
    return Refill.flowed(
        memory.get(row + ROW_RATE),
        memory.get(row + ROW_PERIOD),
        memory.get(row + ROW_EPOCH),
        elapsed);
  }

  /** The shared word is written now and then only, not at every call. */
  private void touch(int row, long elapsed) {
    long unwritten = elapsed - memory.get(row + ROW_MARK);
    if (unwritten > memory.get(row + ROW_PERIOD) >> 6) {
      memory.raise(row + ROW_MARK, elapsed);
    }
  }

  /** First half of a settlement: {@code committed} holds the actual amount in place of the held. */
  void replace(ByteBuffer words, int row, long held, long actual) {
    if (held != actual) {
      memory.replaceSaturating(words, row + ROW_COMMITTED, held, actual);
    }
  }

  /** Second half of a settlement. */
  void charge(ByteBuffer words, long ref, int row, long actual) {
    if (actual <= 0) {
      return;
    }
    if (!AccountRef.isCalendar(ref)) {
      moveOn(ref, row);
    }
    memory.addSaturating(words, row + ROW_SETTLED, actual);
  }

  void charge(long ref, long actual) {
    charge(memory.words(), ref, rows.offset(ref), actual);
  }

  private void moveOn(long ref, int row) {
    long elapsed = clock.elapsed(clock.now());
    switch (AccountRef.shape(ref)) {
      case REFILL -> passOver(row, elapsed);
      case ROLLING -> rolling.left(row, elapsed);
      case SESSION -> touch(row, elapsed);
      case CALENDAR, SPEND -> {}
    }
  }

  /** What flowed into a full bucket is lost. The mark is read before the sum that it goes by. */
  private void passOver(int row, long elapsed) {
    long flowed = flowed(row, elapsed);
    long mark;
    long full;
    do {
      mark = memory.getVolatile(row + ROW_MARK);
      full = flowed - Math.max(0, memory.getVolatile(row + ROW_SETTLED));
    } while (full > mark && !memory.compareAndSet(row + ROW_MARK, mark, full));
  }

  /** Takes back what {@link #charge} added; only for holds that were charged in advance. */
  void uncharge(long ref, long amount) {
    memory.replaceSaturating(memory.words(), rows.offset(ref) + ROW_SETTLED, amount, 0);
  }

  /** When a bucket would be full, or a rolling window empty, with nothing held; epoch ms. */
  long resetsAt(long ref, long now) {
    long at = resetsAtElapsed(ref, now);
    return at == Long.MAX_VALUE ? at : Math.max(now, at - (clock.elapsed(now) - now));
  }

  /** The same as elapsed time. */
  long resetsAtElapsed(long ref, long now) {
    int row = rows.offset(ref);
    long elapsed = clock.elapsed(now);
    long settled = settled(row);
    return switch (AccountRef.shape(ref)) {
      case REFILL ->
          Refill.flowedAt(
              memory.get(row + ROW_RATE),
              memory.get(row + ROW_PERIOD),
              memory.get(row + ROW_EPOCH),
              Saturating.add(settled, Math.max(0, memory.get(row + ROW_MARK))));
      case ROLLING -> {
        long period = memory.get(row + ROW_PERIOD);
        long step = Rolling.step(elapsed, period);
        yield expirySeen(ref, row, now) >= settled ? elapsed : (step + Rolling.STEPS + 1) * period;
      }
      case SESSION -> Saturating.add(memory.get(row + ROW_MARK), memory.get(row + ROW_PERIOD));
      case CALENDAR, SPEND -> Long.MAX_VALUE;
    };
  }
}
