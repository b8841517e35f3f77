package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Amounts that a call holds in several accounts, each its own. One thread takes them and then
 * {@linkplain #complete() completes} or {@linkplain #release() releases} the hold; after that any
 * thread may {@linkplain #extend extend} it, {@linkplain #add add} to it and end it, and only the
 * first end counts.
 *
 * <p>Every step is written into a slot before it is done, so that the next process can finish it.
 * Where no slot is free the amounts count as settled from the start, and the end corrects that: a
 * crash then leaves them spent, never forgotten.
 *
 * <p>Whoever owns a hold that has ended may {@linkplain #begin begin} it anew for another call and
 * so allocate nothing; nobody else may still have it by then.
 */
public final class LedgerHold {
  private static final AtomicIntegerFieldUpdater<LedgerHold> STATE =
      AtomicIntegerFieldUpdater.newUpdater(LedgerHold.class, "state");
  private static final AtomicReferenceFieldUpdater<LedgerHold, @Nullable LedgerHold> GROWTH =
      AtomicReferenceFieldUpdater.newUpdater(LedgerHold.class, LedgerHold.class, "growth");
  private static final int OPEN = 0;
  private static final int ENDED = 1;

  /** Ended, and whoever did so is through with it. */
  private static final int FINISHED = 2;

  private static final int NO_SLOT = -1;

  /** What {@link #takeUpTo} returns where the row has been taken back. */
  public static final long ROW_GONE = -1;

  /** Rows are taken back at most once a minute: some thousand in a few milliseconds. */
  private static final long RECYCLER_WAIT_NANOS = 100_000;

  private final Ledger ledger;

  // Of the ledger; here, for a call looks at them often.
  private final Memory memory;
  private final Rows rows;
  private final Slots slots;
  private final Accounts accounts;

  private final long[] refs = new long[ENTRIES];
  private final long[] held = new long[ENTRIES];
  private final long[] actual = new long[ENTRIES];
  private int slot = NO_SLOT;
  private int taken;
  private long begunAt;
  private long deadline;
  private long control;
  private boolean completed;

  /** What does not fit into one slot. */
  private @Nullable LedgerHold rest;

  /** Of a call that has created something; none of the others needs any. */
  private @Nullable Patience patience;

  /** What was added later; it is given back when the whole is charged. */
  private volatile @Nullable LedgerHold growth;

  /**
   * Where the hold is in a slot, the slot decides who ends it, and this only says that it ended.
   */
  private volatile int state = FINISHED;

  /** Whether the slot had been taken away when this ended. */
  private boolean late;

  LedgerHold(Ledger ledger) {
    this.ledger = ledger;
    this.memory = ledger.memory();
    this.rows = ledger.rows();
    this.slots = ledger.slots();
    this.accounts = ledger.accounts();
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
   * Begins a hold for another call.
   *
   * @param now a {@linkplain Ledger#believedTime believed time}
   * @throws IllegalStateException if it has not ended, or another thread is about to end it
   */
  public void begin(long now) {
    if (state != FINISHED) {
      throw new IllegalStateException("the hold has not ended; begin another one");
    }
    begunAt = now;
    deadline = now + Ledger.HOLD_LIFETIME_MILLIS;
    slot = ledger.claimSlot(deadline, slot);
    control = slot == NO_SLOT ? 0 : slots.claimed(slot);
    completed = false;
    late = false;
    taken = 0;
    rest = null;
    if (patience != null) {
      patience = null;
    }
    STATE.lazySet(this, OPEN);
  }

  /**
   * Finds or creates an account, before the hold is completed.
   *
   * @param overflow whether the row stands in for rows that there is no room for; it may then take
   *     the last of the table
   * @return a reference, or 0 if there is no room
   */
  public long create(long keyHigh, long keyLow, AccountSpec spec, boolean overflow) {
    return create(keyHigh, keyLow, spec, Ledger.shareOfTable(overflow));
  }

  /**
   * Announces the creation in the slot and then looks for a recycler; the {@link Recycler}
   * announces itself and then looks at the slots: at least one sees the other and waits. Without a
   * slot nothing would tell the recycler of this creator, so then nothing is created. Nor is it
   * where a recycler's process stopped in there: others could not tell which rows it has looked at.
   */
  long create(long keyHigh, long keyLow, AccountSpec spec, int share) {
    if (slot == NO_SLOT) {
      return rows.refused();
    }
    Patience patience = patience();
    long recycler;
    try {
      do {
        slots.announce(slot, Slots.inState(control, Slots.CREATING));
        recycler = ledger.recycler();
        if (recycler == 0) {
          long elapsed = ledger.elapsed(begunAt);
          long ref = rows.create(keyHigh, keyLow, spec, elapsed, share, ledger.growth(), patience);
          slots.setControl(slot, control);
          return ref;
        }
        // It does not wait for this slot, which takes from nothing until it is announced again.
        slots.setControl(slot, Slots.inState(control, Slots.WAITING));
      } while (!ledger.isStuck(recycler) && patience.pause(RECYCLER_WAIT_NANOS));
    } finally {
      patience.restoreInterrupt();
    }
    ledger.gaveUpOn(recycler);
    slots.announce(slot, control);
    return rows.refused();
  }

  private Patience patience() {
    Patience known = patience;
    if (known == null) {
      known = patience = new Patience(rows.begun());
    }
    return known;
  }

  /**
   * Holds an amount in an account; an amount of 0 fits always. The same account may be taken from
   * more than once.
   *
   * @param ref from {@link Ledger#find} or {@link #create}
   * @param amount in the account's unit, at least 0
   * @param limit in the account's unit
   * @param force whether it is held even where the account cannot pay
   */
  public Taken take(long ref, long amount, long limit, boolean force) {
    if (taken == ENTRIES) {
      return rest().take(ref, amount, limit, force);
    }
    long steps = accounts.inSteps(ref, amount);
    Taken outcome =
        slot == NO_SLOT
            ? ledger.prepayment().take(ref, steps, limit, force, begunAt)
            : takeIntoSlot(ref, steps, limit, force);
    if (outcome == Taken.WITHIN || (force && outcome == Taken.EXCEEDED)) {
      refs[taken] = ref;
      held[taken] = steps;
      actual[taken] = 0;
      taken++;
    }
    return outcome;
  }

  /**
   * Holds as much of an amount as an account can pay.
   *
   * @param most in the account's unit, at least 0
   * @return how much it holds now; 0 if the account is used up; {@link #ROW_GONE} if the row has
   *     been taken back in the meantime
   */
  public long takeUpTo(long ref, long most, long limit) {
    if (taken == ENTRIES) {
      return rest().takeUpTo(ref, most, limit);
    }
    long amount = most;
    // Ends by itself: a round that fails has seen less room than the one before, or another call
    // took what it had seen. A row that is gone is not looked for again.
    while (true) {
      Taken outcome = take(ref, amount, limit, false);
      if (outcome == Taken.GONE) {
        return ROW_GONE;
      }
      if (outcome == Taken.WITHIN) {
        return amount;
      }
      amount = Math.min(amount - 1, accounts.room(ref, limit, begunAt));
      if (amount <= 0) {
        return 0;
      }
    }
  }

  private LedgerHold rest() {
    LedgerHold more = rest;
    if (more == null) {
      more = rest = ledger.begin(begunAt);
    }
    return more;
  }

  private Taken takeIntoSlot(long ref, long amount, long limit, boolean force) {
    Slots slots = this.slots;
    ByteBuffer words = memory.words();
    int entryAt = slots.entryAt(slot, taken);
    int row = rows.offset(ref);
    slots.intend(words, entryAt, ref, amount);
    if (!rows.isCurrent(words, ref, row)) {
      slots.setPhase(words, entryAt, ref, AccountRef.DONE);
      return Taken.GONE;
    }
    boolean within = accounts.take(words, ref, row, amount, limit, force, begunAt);
    if (!within && !force) {
      slots.setPhase(words, entryAt, ref, AccountRef.DONE);
      return Taken.EXCEEDED;
    }
    slots.setPhase(words, entryAt, ref, AccountRef.HELD);
    return within ? Taken.WITHIN : Taken.EXCEEDED;
  }

  /** All accounts have been taken from; from here on the hold waits for its end. */
  public void complete() {
    if (slot != NO_SLOT) {
      completed = true;
      control = Slots.inState(control, Slots.HELD);
      slots.setControl(slot, control);
    }
    if (rest != null) {
      rest.complete();
    }
  }

  /** How many accounts hold something, or wait with an amount of 0; what was added not counted. */
  public int entries() {
    return taken + (rest == null ? 0 : rest.entries());
  }

  /** The account of an entry, from 0 in the order in which they were taken. */
  public long ref(int entry) {
    return entry < ENTRIES ? refs[entry] : restOf(entry).ref(entry - ENTRIES);
  }

  /** What an entry has held from the start, in its unit. */
  public long held(int entry) {
    return entry < ENTRIES
        ? accounts.inUnits(refs[entry], held[entry])
        : restOf(entry).held(entry - ENTRIES);
  }

  private LedgerHold restOf(int entry) {
    if (rest == null) {
      throw new IndexOutOfBoundsException(entry);
    }
    return rest;
  }

  /**
   * Puts the moment off after which this hold is given back, by one lifetime from now. To be called
   * while a long stream goes on; a comparison of two numbers unless half of the lifetime is over.
   *
   * @param now a {@linkplain Ledger#believedTime believed time}
   * @return whether it is still held; false if it has ended or expired
   */
  public boolean extend(long now) {
    if (state != OPEN) {
      return false;
    }
    if (deadline - now > Ledger.HOLD_LIFETIME_MILLIS / 2) {
      return true;
    }
    // If it expires in this instant another call's slot waits longer: for its end, not for ever.
    boolean extended = slot == NO_SLOT || slots.control(slot) == control;
    if (extended) {
      deadline = now + Ledger.HOLD_LIFETIME_MILLIS;
      if (slot != NO_SLOT) {
        slots.setDeadline(slot, deadline);
      }
    }
    LedgerHold more = rest;
    LedgerHold added = growth;
    return extended & (more == null || more.extend(now)) & (added == null || added.extend(now));
  }

  /**
   * Joins a completed hold to this one, which outgrew what it holds. When this one ends, the other
   * is given back: the actual amounts of this one are those of the whole call.
   *
   * @return false if this one has ended meanwhile; then the other was released
   */
  public boolean add(LedgerHold more) {
    LedgerHold last = more;
    for (LedgerHold next = last.growth; next != null; next = next.growth) {
      last = next;
    }
    LedgerHold before;
    do {
      before = growth;
      GROWTH.lazySet(last, before);
    } while (!GROWTH.compareAndSet(this, before, more));
    // Whoever ends this hold says so and then looks here: one of the two sees the other.
    if (hasEnded()) {
      releaseGrowth();
      return false;
    }
    return true;
  }

  private boolean hasEnded() {
    return slot == NO_SLOT || slots.control(slot) == control ? state != OPEN : !hasExpired();
  }

  /** Whether the slot, which is not held any more, was not ended by a thread that had this hold. */
  private boolean hasExpired() {
    while (state == OPEN) {
      long now = slots.control(slot);
      if (Slots.state(now) != Slots.ENDING || !Slots.sameClaim(now, control)) {
        // Such a thread says that the hold has ended before it takes the slot on from ENDING.
        return state == OPEN;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private void releaseGrowth() {
    LedgerHold added = growth == null ? null : GROWTH.getAndSet(this, null);
    if (added != null) {
      added.release();
    }
  }

  /** Gives everything back, before or after {@link #complete()}. */
  public void release() {
    if (end()) {
      finish();
    }
  }

  /**
   * Charges what was used in place of what was held, each account in its own unit; a call counts 1.
   * Where the hold has expired meanwhile, charges it all the same.
   *
   * @throws IllegalArgumentException if an amount is negative
   */
  public void settle(long actualTokens, long actualNanoUsd) {
    requireActual(actualTokens, actualNanoUsd);
    if (end()) {
      chargeAll(actualTokens, actualNanoUsd);
      finish();
    }
  }

  /**
   * For who says what each entry is charged, before it ends the hold.
   *
   * @throws IllegalArgumentException if an amount is negative
   */
  public static void requireActual(long tokens, long nanoUsd) {
    if (tokens < 0 || nanoUsd < 0) {
      throw new IllegalArgumentException(
          "amounts to settle must be at least 0, but were %d tokens and %d nano-USD"
              .formatted(tokens, nanoUsd));
    }
  }

  private void chargeAll(long tokens, long nanoUsd) {
    for (int i = 0; i < taken; i++) {
      charge(i, AccountRef.unit(refs[i]).of(tokens, nanoUsd, 1));
    }
    if (rest != null) {
      rest.chargeAll(tokens, nanoUsd);
    }
  }

  /**
   * Wins the right to end this hold, for who charges each entry differently: {@link #charge} then
   * says what, and {@link #finish} does it.
   *
   * @return whether this call won; if not, nothing else may be done
   */
  public boolean end() {
    if (state != OPEN) {
      return false;
    }
    if (slot == NO_SLOT) {
      return STATE.compareAndSet(this, OPEN, ENDED);
    }
    // Before it is completed only one thread has it.
    if (!completed || slots.beginEnd(slot, control)) {
      STATE.lazySet(this, ENDED);
      return true;
    }
    if (hasExpired() && STATE.compareAndSet(this, OPEN, ENDED)) {
      // Only by the winner: one that lost may come here while this one finishes.
      late = true;
      return true;
    }
    return false;
  }

  /**
   * Says what an entry is charged in place of what it held; 0 unless said otherwise.
   *
   * @param amount in the account's unit, at least 0
   */
  public void charge(int entry, long amount) {
    if (entry < ENTRIES) {
      actual[entry] = accounts.inSteps(refs[entry], amount);
    } else {
      restOf(entry).charge(entry - ENTRIES, amount);
    }
  }

  private void chargeSteps(int entry, long steps) {
    actual[entry] = steps;
  }

  /** Charges every entry what {@link #charge} said. */
  public void finish() {
    if (slot == NO_SLOT) {
      ledger.prepayment().correct(taken, refs, held, actual);
    } else if (late) {
      chargeLate();
    } else {
      ledger.settlement().charge(slot, control, taken, refs, held, actual);
    }
    if (rest != null && rest.end()) {
      rest.finish();
    }
    releaseGrowth();
    STATE.lazySet(this, FINISHED);
  }

  private void chargeLate() {
    LedgerHold late = null;
    for (int i = 0; i < taken; i++) {
      if (actual[i] > 0) {
        late = late == null ? ledger.begin(ledger.now()) : late;
        int entry = late.entries();
        if (late.take(refs[i], 0, Long.MAX_VALUE, true) != Taken.GONE) {
          late.chargeSteps(entry, actual[i]);
        }
      }
    }
    if (late != null && late.end()) {
      late.finish();
    }
  }
}
