package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRY_STRIDE;

import java.nio.ByteBuffer;

/**
 * Ends a slot by its owner: charges every row that it holds, says so step by step, and frees it.
 */
final class Settlement {
  private final Memory memory;
  private final Rows rows;
  private final Slots slots;
  private final Accounts accounts;

  Settlement(Memory memory, Rows rows, Slots slots, Accounts accounts) {
    this.memory = memory;
    this.rows = rows;
    this.slots = slots;
    this.accounts = accounts;
  }

  /** Gives back all that a slot holds. The caller must own it, in state EXPIRING. */
  void release(int slot) {
    for (int i = 0; i < ENTRIES; i++) {
      slots.setActual(memory.words(), slots.entryAt(slot, i), 0);
    }
    slots.setControl(slot, Slots.inState(slots.control(slot), Slots.CHARGING));
    for (int i = 0; i < ENTRIES; i++) {
      long entry = slots.entry(slot, i);
      if (AccountRef.phase(entry) == AccountRef.HELD) {
        charge(memory.words(), slots.entryAt(slot, i), entry, slots.held(slot, i), 0);
      }
    }
    slots.free(slot, slots.control(slot));
  }

  /**
   * Charges actual amounts in place of what is held. The caller must own the slot, in state CLAIMED
   * or ENDING, and know what is in it.
   */
  void charge(int slot, long control, int entries, long[] refs, long[] held, long[] actual) {
    ByteBuffer words = memory.words();
    int first = slots.entryAt(slot, 0);
    for (int i = 0; i < entries; i++) {
      slots.setActual(words, first + i * ENTRY_STRIDE, actual[i]);
    }
    slots.setControl(slot, Slots.inState(control, Slots.CHARGING));
    for (int i = 0; i < entries; i++) {
      charge(words, first + i * ENTRY_STRIDE, refs[i], held[i], actual[i]);
    }
    slots.free(slot, control);
  }

  /** Each of the four writes tells of the one before it, see {@link AccountRef}. */
  private void charge(ByteBuffer words, int entryAt, long ref, long held, long actual) {
    int row = rows.offset(ref);
    accounts.replace(words, row, held, actual);
    slots.setPhase(words, entryAt, ref, AccountRef.CHARGED);
    accounts.charge(words, ref, row, actual);
    slots.setPhase(words, entryAt, ref, AccountRef.DONE);
  }
}
