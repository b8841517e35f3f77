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

/**
 * The table of reservation slots. A slot tells what its owner is about to do before it does it, so
 * that others can finish or undo it if the owner dies:
 *
 * <pre>
 *   FREE -> CLAIMED    by CAS, from any thread of any process; entries are written one by one
 *   CLAIMED <-> CREATING   while a row is created: the recycler waits for that
 *   CLAIMED -> HELD    every entry is held
 *   HELD -> ENDING     by CAS: of settle, release, expiry and closing, one wins
 *   CLAIMED | ENDING -> CHARGING   the actual amounts are written and will be charged
 *   CHARGING -> FREE   every entry is done; the generation counts on
 * </pre>
 *
 * All other changes are plain releases by the one owner. A free slot's entries are all done.
 */
final class Slots {
  static final int FREE = 0;
  static final int CLAIMED = 1;
  static final int HELD = 2;
  static final int ENDING = 3;
  static final int CHARGING = 4;
  static final int CREATING = 5;

  private static final int PARTICIPANT_SHIFT = 8;
  private static final int GENERATION_SHIFT = 24;

  private final Memory memory;
  private final int offset;
  private final int count;
  private final Rows rows;

  Slots(Memory memory, Sizes sizes, Rows rows) {
    this.memory = memory;
    this.offset = sizes.slotsOffset();
    this.count = sizes.slots();
    this.rows = rows;
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

  static long inState(long control, int state) {
    return (control & ~0xffL) | state;
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

  /** Every entry must be done. */
  void free(int slot, long control) {
    long generation = (control >>> GENERATION_SHIFT) + 1;
    memory.set(at(slot) + SLOT_CONTROL, (generation << GENERATION_SHIFT) | FREE);
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

  void setHeld(int slot, int index, long amount) {
    memory.set(entryAt(slot, index) + ENTRY_HELD, amount);
  }

  /** What an entry charges in the end, in its row's unit; 0 where the page is damaged. */
  long actual(int slot, int index) {
    return Math.max(0, memory.get(entryAt(slot, index) + ENTRY_ACTUAL));
  }

  void setActual(int slot, int index, long amount) {
    memory.set(entryAt(slot, index) + ENTRY_ACTUAL, amount);
  }

  /** One that names no row of the table was not written by us: the page is damaged, it is done. */
  long entry(int slot, int index) {
    long entry = memory.getVolatile(entryAt(slot, index) + ENTRY_ACCOUNT);
    return rows.isReadable(AccountRef.row(entry)) ? entry : AccountRef.DONE;
  }

  /**
   * Says that an amount is about to be held. Seen by others before anything that the caller reads
   * next: it keeps the row from going.
   */
  void intend(int slot, int index, long ref, long amount) {
    setHeld(slot, index, amount);
    memory.setVolatile(
        entryAt(slot, index) + ENTRY_ACCOUNT, AccountRef.inPhase(ref, AccountRef.INTENT));
  }

  void setPhase(int slot, int index, long ref, int phase) {
    memory.set(entryAt(slot, index) + ENTRY_ACCOUNT, AccountRef.inPhase(ref, phase));
  }

  /** Sets the state before anything that the caller reads next. Only by the owner. */
  void announce(int slot, long control) {
    memory.setVolatile(at(slot) + SLOT_CONTROL, control);
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

  private int entryAt(int slot, int index) {
    return at(slot) + SLOT_ENTRIES + index * ENTRY_STRIDE;
  }

  private int at(int slot) {
    return offset + slot * SLOT_STRIDE;
  }
}
