package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRY_ACCOUNT;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRY_ACTUAL;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRY_HELD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRY_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SLOT_CONTROL;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SLOT_DEADLINE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SLOT_ENTRIES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SLOT_STRIDE;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * The table of reservation slots. A slot tells what its owner is about to do before it does it, so
 * that others can finish or undo it if the owner dies:
 *
 * <pre>
 *   FREE -> CLAIMED    by CAS, from any thread of any process; entries are written one by one
 *   CLAIMED <-> CREATING   while a row is created: the recycler does not begin before that is over
 *   CREATING -> WAITING    while the recycler is at work: it does not wait for this slot
 *   WAITING -> CREATING | CLAIMED   announced, as the claim was
 *   CLAIMED -> HELD    every entry is held
 *   HELD -> ENDING     by CAS, to settle or release
 *   HELD -> EXPIRING   by CAS, when its time is over or the ledger closes: one of all wins
 *   CLAIMED | ENDING | EXPIRING -> CHARGING   the actual amounts are written and will be charged
 *   CHARGING -> FREE   every entry is done; the generation counts on
 * </pre>
 *
 * All other changes are plain releases by the one owner. A free slot's entries are all done.
 *
 * <p>What others may rely on, on every processor:
 *
 * <ul>
 *   <li>Claiming, and announcing, is a volatile write: whoever retires a row and then looks at the
 *       slots sees the claim, or the claimer sees the row retired. So a claimed slot may take from
 *       any row that was alive when it was claimed, and nobody takes such a row back before the
 *       slot has moved on. That is why an intent needs no fence of its own.
 *   <li>An intent is written before the amount is committed: a release, and the CAS on the row is
 *       one too. Whoever reads the row and then the slot finds the intent of all that is in the
 *       row.
 *   <li>Each phase of an entry is written after the change of the row that it tells of, which is
 *       atomic, and before the next one. A process that is killed has done its writes up to a
 *       point, in this order, and none after it.
 * </ul>
 */
final class Slots {
  static final int FREE = 0;
  static final int CLAIMED = 1;
  static final int HELD = 2;
  static final int ENDING = 3;
  static final int CHARGING = 4;
  static final int CREATING = 5;
  static final int WAITING = 6;
  static final int EXPIRING = 7;

  private static final int PARTICIPANT_SHIFT = 8;
  private static final int GENERATION_SHIFT = 24;

  private static final long WAIT_NANOS = 50_000;

  private final Memory memory;
  private final int offset;
  private final int count;
  private final Rows rows;
  private final SlotlessChanges slotless;

  Slots(Memory memory, Sizes sizes, Rows rows) {
    this.memory = memory;
    this.offset = sizes.slotsOffset();
    this.count = sizes.slots();
    this.rows = rows;
    this.slotless = new SlotlessChanges(memory, sizes);
  }

  /** Those who do without. */
  SlotlessChanges slotless() {
    return slotless;
  }

  int count() {
    return count;
  }

  static int state(long control) {
    return (int) control & 0xff;
  }

  static int participant(long control) {
    return (int) (control >>> PARTICIPANT_SHIFT) & 0xffff;
  }

  /** Whether the owner may be about to take from a row that it saw alive. */
  static boolean isTaking(long control) {
    int state = state(control);
    return state == CLAIMED || state == CREATING;
  }

  /** Whether both are of the same hold. */
  static boolean sameClaim(long control, long other) {
    return control >>> GENERATION_SHIFT == other >>> GENERATION_SHIFT;
  }

  static long inState(long control, int state) {
    return (control & ~0xffL) | state;
  }

  /** The control word of a slot that the caller has just claimed. */
  long claimed(int slot) {
    return memory.get(at(slot) + SLOT_CONTROL);
  }

  long control(int slot) {
    return memory.getVolatile(at(slot) + SLOT_CONTROL);
  }

  /**
   * Claims a free slot.
   *
   * @param hint where to look first, such as the slot that this caller had before; else -1
   * @return its index, or -1 if all are taken
   */
  int claim(int participant, long deadline, int hint) {
    // Threads start far from each other, so that they seldom meet at a cache line.
    int start =
        hint >= 0
            ? hint
            : (int) ((Thread.currentThread().getId() * 0x9e37_79b9L) >>> 7) + participant * 61;
    for (int i = 0; i < count; i++) {
      int slot = (start + i) & (count - 1);
      int at = at(slot);
      long control = memory.get(at + SLOT_CONTROL);
      if (state(control) == FREE
          && memory.compareAndSet(at + SLOT_CONTROL, control, claimedBy(participant, control))) {
        memory.set(at + SLOT_DEADLINE, deadline);
        return slot;
      }
    }
    return -1;
  }

  private static long claimedBy(int participant, long control) {
    long generation = control >>> GENERATION_SHIFT;
    return (generation << GENERATION_SHIFT) | ((long) participant << PARTICIPANT_SHIFT) | CLAIMED;
  }

  /** Only by the owner, or by whoever recovers the dead owner. */
  void setControl(int slot, long control) {
    memory.set(at(slot) + SLOT_CONTROL, control);
  }

  /** Whether the caller won the right to end this hold. */
  boolean beginEnd(int slot, long heldControl) {
    return memory.compareAndSet(at(slot) + SLOT_CONTROL, heldControl, inState(heldControl, ENDING));
  }

  /** The same for who ends it without its owner's doing. */
  boolean beginExpiry(int slot, long heldControl) {
    return memory.compareAndSet(
        at(slot) + SLOT_CONTROL, heldControl, inState(heldControl, EXPIRING));
  }

  /** Gives a slot back that was claimed in vain, unless somebody did so for the caller. */
  void unclaim(int slot, int participant) {
    long control = claimed(slot);
    if (state(control) == CLAIMED && participant(control) == participant) {
      memory.compareAndSet(at(slot) + SLOT_CONTROL, control, freed(control));
    }
  }

  /** Every entry must be done. */
  void free(int slot, long control) {
    memory.set(at(slot) + SLOT_CONTROL, freed(control));
  }

  private static long freed(long control) {
    long generation = (control >>> GENERATION_SHIFT) + 1;
    return (generation << GENERATION_SHIFT) | FREE;
  }

  long deadline(int slot) {
    return memory.get(at(slot) + SLOT_DEADLINE);
  }

  void setDeadline(int slot, long deadline) {
    memory.set(at(slot) + SLOT_DEADLINE, deadline);
  }

  /** What an entry holds, in its row's unit; 0 where the page is damaged. */
  long held(int slot, int index) {
    return Math.max(0, memory.get(entryAt(slot, index) + ENTRY_HELD));
  }

  /** What an entry charges in the end, in its row's unit; 0 where the page is damaged. */
  long actual(int slot, int index) {
    return Math.max(0, memory.get(entryAt(slot, index) + ENTRY_ACTUAL));
  }

  void setActual(ByteBuffer words, int entryAt, long amount) {
    memory.prepare(words, entryAt + ENTRY_ACTUAL, amount);
  }

  /** One that names no row of the table was not written by us: the page is damaged, it is done. */
  long entry(int slot, int index) {
    long entry = memory.getVolatile(entryAt(slot, index) + ENTRY_ACCOUNT);
    return rows.isReadable(AccountRef.row(entry)) ? entry : AccountRef.DONE;
  }

  /** Says that an amount is about to be held. Seen by others before the amount is. */
  void intend(ByteBuffer words, int entryAt, long ref, long amount) {
    memory.prepare(words, entryAt + ENTRY_HELD, amount);
    memory.set(words, entryAt + ENTRY_ACCOUNT, AccountRef.inPhase(ref, AccountRef.INTENT));
  }

  void setPhase(int slot, int index, long ref, int phase) {
    setPhase(memory.words(), entryAt(slot, index), ref, phase);
  }

  void setPhase(ByteBuffer words, int entryAt, long ref, int phase) {
    memory.set(words, entryAt + ENTRY_ACCOUNT, AccountRef.inPhase(ref, phase));
  }

  /** Sets the state before anything that the caller reads next. Only by the owner. */
  void announce(int slot, long control) {
    memory.setVolatile(at(slot) + SLOT_CONTROL, control);
  }

  /**
   * Waits until every slot that takes from rows at this moment has moved on, and whoever changes
   * one without a slot. Whoever claims one later sees what the caller has written before.
   *
   * @param most waits, of 50 us each or somewhat longer
   * @return false if one did not for so long
   */
  boolean awaitTakers(int most) {
    int waits = 0;
    for (int slot = 0; slot < count; slot++) {
      long claimed = control(slot);
      for (long now = claimed; isTaking(now) && sameClaim(now, claimed); now = control(slot)) {
        if (waits++ == most) {
          return false;
        }
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
    return slotless.awaitNone(most - waits);
  }

  /** Whether any thread of any process is creating a row. */
  boolean anyCreating() {
    for (int slot = 0; slot < count; slot++) {
      if (state(control(slot)) == CREATING) {
        return true;
      }
    }
    return false;
  }

  /** Where an entry is; for who goes through several of them, each {@code ENTRY_STRIDE} further. */
  int entryAt(int slot, int index) {
    return at(slot) + SLOT_ENTRIES + index * ENTRY_STRIDE;
  }

  private int at(int slot) {
    return offset + slot * SLOT_STRIDE;
  }
}
