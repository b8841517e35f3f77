package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends what dead participants left in their slots: gives back what was only held, finishes what was
 * being charged. Runs under the host's lock while all others go on.
 *
 * <p>For every row {@code committed = settled + sum of held}, and the slots say who holds what. So
 * {@code committed} is set to what the living account for, whatever step the dead were at; and
 * doing it twice, after a crash in here, changes nothing more. The sums are read twice with nothing
 * changed in between and nobody in mid-step at the row, with a slot or without, so they belong to
 * one moment. Whether a charge already reached {@code settled} is told by what {@code committed}
 * has too much; where several of the dead were in mid-step at one row, by which of their possible
 * steps add up to that. Where more than one answer does, it counts as spent.
 */
final class Recovery {
  /** Some milliseconds' worth; a host that is busier than that is asked again in a second. */
  private static final int MAX_READS = 100;

  private final Memory memory;
  private final Rows rows;
  private final Slots slots;
  private final Accounts accounts;

  Recovery(Memory memory, Rows rows, Slots slots, Accounts accounts) {
    this.memory = memory;
    this.rows = rows;
    this.slots = slots;
    this.accounts = accounts;
  }

  /**
   * Ends the slots of the dead. One waits that names a row which others keep busy: what was done of
   * it is done, the rest is as safe as before and left to the next attempt.
   *
   * @return how many were ended
   */
  int endSlotsOf(BitSet dead) {
    slots.slotless().forget(dead);
    Set<Long> accountsOfDead = new LinkedHashSet<>();
    forEachEntry(
        dead,
        (slot, index, entry) -> accountsOfDead.add(AccountRef.inPhase(entry, AccountRef.DONE)));
    for (long ref : accountsOfDead) {
      new RowRecovery(ref, dead).run();
    }
    int ended = 0;
    for (int slot = 0; slot < slots.count(); slot++) {
      if (isDead(slots.control(slot), dead) && isDone(slot)) {
        slots.free(slot, slots.control(slot));
        ended++;
      }
    }
    return ended;
  }

  /**
   * Ends the slots that name a participant who is not there, and forgets their counts. No process
   * of ours leaves any: a page is damaged. They would be held for good, and keep the recycler away.
   *
   * @return how many slots and counts
   */
  int endStrays(BitSet nobody) {
    int counts = (int) nobody.stream().filter(slots.slotless()::isCounting).count();
    return counts + endSlotsOf(nobody);
  }

  /** Who has a slot that is not free, or a thread that does without. */
  BitSet owners() {
    BitSet owners = slots.slotless().counting();
    for (int slot = 0; slot < slots.count(); slot++) {
      long control = slots.control(slot);
      if (Slots.state(control) != Slots.FREE) {
        owners.set(Slots.participant(control));
      }
    }
    return owners;
  }

  private boolean isDone(int slot) {
    for (int i = 0; i < ENTRIES; i++) {
      if (AccountRef.phase(slots.entry(slot, i)) != AccountRef.DONE) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDead(long control, BitSet dead) {
    return Slots.state(control) != Slots.FREE && dead.get(Slots.participant(control));
  }

  private void forEachEntry(BitSet dead, EntryVisitor visitor) {
    for (int slot = 0; slot < slots.count(); slot++) {
      if (isDead(slots.control(slot), dead)) {
        for (int i = 0; i < ENTRIES; i++) {
          long entry = slots.entry(slot, i);
          if (AccountRef.phase(entry) != AccountRef.DONE) {
            visitor.visit(slot, i, entry);
          }
        }
      }
    }
  }

  private interface EntryVisitor {
    void visit(int slot, int index, long entry);
  }

  /** One row's sums. */
  private record Sums(
      long committed, long settled, long heldByLiving, boolean midStep, long fingerprint) {}

  /** The dead's entries at one row. */
  private final class RowRecovery {
    private final long ref;
    private final BitSet dead;
    private final int committedWord;
    private boolean stoodStill = true;

    RowRecovery(long ref, BitSet dead) {
      this.ref = ref;
      this.dead = dead;
      this.committedWord = rows.offset(ref) + LedgerDescriptor.ROW_COMMITTED;
    }

    void run() {
      forEachOfRow(this::finishCharged);
      if (stoodStill && correctCommitted()) {
        // In this order: what is not in the sum any more must not be taken for a part of it by
        // whoever finds an entry between CHARGED and DONE, should this process die there.
        forEachOfRow(this::forget);
        forEachOfRow(this::charge);
      }
    }

    private void finishCharged(int slot, int index, long entry) {
      if (AccountRef.phase(entry) != AccountRef.CHARGED || !stoodStill) {
        return;
      }
      Sums sums = standingSums();
      if (sums == null) {
        stoodStill = false;
        return;
      }
      long actual = slots.actual(slot, index);
      long unexplained = sums.committed - sums.settled - sums.heldByLiving;
      PossibleSum others = inCommittedOfOthers(slot, index);
      boolean charged = others.canBe(unexplained) && !others.canBe(unexplained - actual);
      if (!charged && unexplained >= actual) {
        accounts.charge(entry, actual);
      }
      slots.setPhase(slot, index, entry, AccountRef.DONE);
    }

    /** What other entries of the dead have in {@code committed} and not in {@code settled}. */
    private PossibleSum inCommittedOfOthers(int slot, int index) {
      PossibleSum sum = new PossibleSum();
      forEachOfRow(
          (otherSlot, otherIndex, entry) -> {
            if (otherSlot == slot && otherIndex == index) {
              return;
            }
            long held = slots.held(otherSlot, otherIndex);
            long actual = slots.actual(otherSlot, otherIndex);
            switch (AccountRef.phase(entry)) {
              case AccountRef.INTENT -> sum.add(0, held);
              case AccountRef.HELD -> sum.add(held, isCharging(otherSlot) ? actual : held);
              case AccountRef.SETTLING -> sum.add(held, actual);
              case AccountRef.CHARGED -> sum.add(0, actual);
              default -> {}
            }
          });
      return sum;
    }

    private boolean correctCommitted() {
      forEachOfRow(
          (slot, index, entry) -> {
            if (isCharging(slot)) {
              slots.setPhase(slot, index, entry, AccountRef.SETTLING);
            }
          });
      Sums sums = standingSums();
      if (sums == null) {
        return false;
      }
      long right =
          Saturating.add(Saturating.add(sums.settled, sums.heldByLiving), actualOfSettling());
      long before;
      do {
        before = memory.getVolatile(committedWord);
      } while (!memory.compareAndSet(
          committedWord, before, Saturating.shift(before, sums.committed, right)));
      return true;
    }

    private void forget(int slot, int index, long entry) {
      if (AccountRef.phase(entry) != AccountRef.SETTLING) {
        slots.setPhase(slot, index, entry, AccountRef.DONE);
      }
    }

    private void charge(int slot, int index, long entry) {
      slots.setPhase(slot, index, entry, AccountRef.CHARGED);
      accounts.charge(entry, slots.actual(slot, index));
      slots.setPhase(slot, index, entry, AccountRef.DONE);
    }

    private long actualOfSettling() {
      long[] sum = {0};
      forEachOfRow(
          (slot, index, entry) -> {
            if (AccountRef.phase(entry) == AccountRef.SETTLING) {
              sum[0] = Saturating.add(sum[0], slots.actual(slot, index));
            }
          });
      return sum[0];
    }

    private boolean isCharging(int slot) {
      return Slots.state(slots.control(slot)) == Slots.CHARGING;
    }

    private void forEachOfRow(EntryVisitor visitor) {
      forEachEntry(
          dead,
          (slot, index, entry) -> {
            if (AccountRef.inPhase(entry, AccountRef.DONE) == ref) {
              visitor.visit(slot, index, entry);
            }
          });
    }

    private @Nullable Sums standingSums() {
      Sums before = read();
      for (int i = 1; i < MAX_READS; i++) {
        Sums after = read();
        if (!after.midStep && after.equals(before)) {
          return after;
        }
        before = after;
      }
      return null;
    }

    /**
     * The row before the slots: read again, it then belongs to slots that have not moved. Whoever
     * changes a row without a slot does so in two steps that only its count tells of.
     */
    private Sums read() {
      boolean midStep = anySlotless();
      long committed = memory.getVolatile(committedWord);
      long settled = memory.getVolatile(rows.offset(ref) + LedgerDescriptor.ROW_SETTLED);
      midStep |= anySlotless();
      long held = 0;
      long fingerprint = 0;
      for (int slot = 0; slot < slots.count(); slot++) {
        long control = slots.control(slot);
        fingerprint = KeyHash.mix(fingerprint, control);
        if (Slots.state(control) == Slots.FREE || isDead(control, dead)) {
          continue;
        }
        for (int i = 0; i < ENTRIES; i++) {
          long entry = slots.entry(slot, i);
          if (AccountRef.inPhase(entry, AccountRef.DONE) == ref) {
            fingerprint = KeyHash.mix(fingerprint, entry);
            int phase = AccountRef.phase(entry);
            if (phase == AccountRef.HELD && Slots.state(control) != Slots.CHARGING) {
              held = Saturating.add(held, slots.held(slot, i));
            } else if (phase != AccountRef.DONE) {
              midStep = true;
            }
          }
        }
      }
      return new Sums(committed, settled, held, midStep, fingerprint);
    }

    private boolean anySlotless() {
      return !slots.slotless().awaitNone(0);
    }
  }
}
