package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Amounts that a call holds in several accounts. One thread takes and then either {@linkplain
 * #complete() completes} or {@linkplain #release() releases} it; after that any thread ends it, and
 * only the first end counts.
 *
 * <p>Every step is written into a slot before it is done, so that the next process can finish it.
 * Where no slot is free the amount counts as settled from the start, and the end corrects that: a
 * crash then leaves it spent, never forgotten.
 */
public final class LedgerHold {
  private static final AtomicIntegerFieldUpdater<LedgerHold> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(LedgerHold.class, "ended");
  private static final int NO_SLOT = -1;

  /** Rows are taken back in well under a millisecond, at most once a minute. */
  private static final long CREATION_WAIT_NANOS = 50_000;

  private static final int CREATION_TRIES = 2_000;

  private final Ledger ledger;
  private final long tokens;
  private final long nanoUsd;
  private final long begunAt;
  private final long[] refs = new long[ENTRIES];
  private final int slot;
  private int taken;
  private long heldControl;
  private @Nullable LedgerHold rest;

  @SuppressWarnings("unused") // by ENDED
  private volatile int ended;

  LedgerHold(Ledger ledger, int slot, long tokens, long nanoUsd, long begunAt) {
    this.ledger = ledger;
    this.slot = slot;
    this.tokens = tokens;
    this.nanoUsd = nanoUsd;
    this.begunAt = begunAt;
  }

  /** What an attempt to take from an account came to. */
  public enum Taken {
    /** The account holds the amount. */
    WITHIN,
    /** The account cannot pay. It holds the amount only if it was forced to. */
    EXCEEDED,
    /** The row has been taken back in the meantime: look it up anew. */
    GONE
  }

  /**
   * Finds or creates an account, before the hold is completed.
   *
   * @param overflow whether the row stands in for rows that there is no room for; it may then take
   *     the last of the table
   * @return a reference, or 0 if there is no room
   */
  public long create(long keyHigh, long keyLow, AccountSpec spec, boolean overflow) {
    return create(keyHigh, keyLow, spec, spec.kind(), Ledger.shareOfTable(overflow));
  }

  /**
   * Announces the creation in the slot and then looks for a recycler; the {@link Recycler}
   * announces itself and then looks at the slots: at least one sees the other and waits. Without a
   * slot nothing would tell the recycler of this creator, so then nothing is created.
   */
  long create(long keyHigh, long keyLow, AccountSpec spec, AccountKind kind, int share) {
    Rows rows = ledger.rows();
    if (slot == NO_SLOT) {
      return rows.refused();
    }
    Slots slots = ledger.slots();
    for (int i = 0; i < CREATION_TRIES; i++) {
      slots.announce(slot, Slots.CREATING);
      if (!ledger.isRecycling()) {
        long ref = rows.create(keyHigh, keyLow, spec, kind, begunAt, share);
        slots.setState(slot, Slots.CLAIMED);
        return ref;
      }
      slots.setState(slot, Slots.CLAIMED);
      LockSupport.parkNanos(CREATION_WAIT_NANOS);
    }
    return rows.refused();
  }

  /**
   * Holds this call's amount in an account; an amount of 0 fits always.
   *
   * @param ref from {@link Ledger#find} or {@link Ledger#create}
   * @param limit in the account's unit; a refilling bucket goes by its own rate
   * @param force whether it is held even where the account cannot pay
   */
  public Taken take(long ref, long limit, boolean force) {
    if (taken == ENTRIES) {
      if (rest == null) {
        rest = ledger.begin(tokens, nanoUsd, begunAt);
      }
      return rest.take(ref, limit, force);
    }
    return slot == NO_SLOT ? takeInAdvance(ref, limit, force) : takeIntoSlot(ref, limit, force);
  }

  private Taken takeIntoSlot(long ref, long limit, boolean force) {
    Slots slots = ledger.slots();
    slots.setEntry(slot, taken, AccountRef.inPhase(ref, AccountRef.INTENT));
    if (!ledger.rows().isCurrent(ref)) {
      slots.setEntry(slot, taken, AccountRef.DONE);
      return Taken.GONE;
    }
    boolean within = commit(ref, limit, force);
    if (!within && !force) {
      slots.setEntry(slot, taken, AccountRef.DONE);
      return Taken.EXCEEDED;
    }
    slots.setPhase(slot, taken, AccountRef.HELD);
    refs[taken++] = ref;
    return within ? Taken.WITHIN : Taken.EXCEEDED;
  }

  /** Settled goes up first and down last, so that it never looks as if something were held. */
  private Taken takeInAdvance(long ref, long limit, boolean force) {
    if (!ledger.rows().isCurrent(ref)) {
      return Taken.GONE;
    }
    Accounts accounts = ledger.accounts();
    accounts.charge(ref, held(ref));
    boolean within = commit(ref, limit, force);
    if (!within && !force) {
      accounts.uncharge(ref, held(ref));
      return Taken.EXCEEDED;
    }
    refs[taken++] = ref;
    return within ? Taken.WITHIN : Taken.EXCEEDED;
  }

  private boolean commit(long ref, long limit, boolean force) {
    long amount = held(ref);
    if (amount == 0) {
      return true;
    }
    return force
        ? ledger.accounts().commit(ref, amount, limit, begunAt)
        : ledger.accounts().commitWithin(ref, amount, limit, begunAt);
  }

  /** All accounts have been taken from; from here on the hold waits for its end. */
  public void complete() {
    if (slot != NO_SLOT) {
      heldControl = Slots.inState(ledger.slots().control(slot), Slots.HELD);
      ledger.slots().setState(slot, Slots.HELD);
    }
    if (rest != null) {
      rest.complete();
    }
  }

  /** Gives everything back, before or after {@link #complete()}. */
  public void release() {
    settle(0, 0);
  }

  /**
   * Charges what was used in place of what was held. Where the hold has expired meanwhile, charges
   * it all the same.
   *
   * @throws IllegalArgumentException if an amount is negative
   */
  public void settle(long actualTokens, long actualNanoUsd) {
    if (actualTokens < 0 || actualNanoUsd < 0) {
      throw new IllegalArgumentException(
          "amounts to settle must be at least 0, but were %d tokens and %d nano-USD"
              .formatted(actualTokens, actualNanoUsd));
    }
    if (!ENDED.compareAndSet(this, 0, 1)) {
      return;
    }
    if (slot == NO_SLOT) {
      correct(actualTokens, actualNanoUsd);
    } else if (heldControl == 0 || ledger.slots().beginEnd(slot, heldControl)) {
      ledger.chargeSlot(slot, actualTokens, actualNanoUsd);
    } else {
      chargeLate(actualTokens, actualNanoUsd);
    }
    if (rest != null) {
      rest.settle(actualTokens, actualNanoUsd);
    }
  }

  private void correct(long actualTokens, long actualNanoUsd) {
    long now = ledger.now();
    Accounts accounts = ledger.accounts();
    for (int i = 0; i < taken; i++) {
      long ref = refs[i];
      if (!ledger.rows().isCurrent(ref)) {
        continue;
      }
      long actual = AccountRef.money(ref) ? actualNanoUsd : actualTokens;
      long difference = actual - held(ref);
      accounts.charge(ref, Math.max(0, difference));
      accounts.replace(ref, held(ref), actual, now);
      accounts.uncharge(ref, Math.max(0, -difference));
    }
  }

  private void chargeLate(long actualTokens, long actualNanoUsd) {
    if (actualTokens == 0 && actualNanoUsd == 0) {
      return;
    }
    LedgerHold late = ledger.begin(0, 0);
    for (int i = 0; i < taken; i++) {
      late.take(refs[i], Long.MAX_VALUE, true);
    }
    late.complete();
    late.settle(actualTokens, actualNanoUsd);
  }

  private long held(long ref) {
    return AccountRef.money(ref) ? nanoUsd : tokens;
  }
}
