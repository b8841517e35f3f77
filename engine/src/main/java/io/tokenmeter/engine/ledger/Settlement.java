package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;

/**
 * Ends a slot by its owner: charges every row that it holds, says so step by step, and frees it.
 */
final class Settlement {
  private final Slots slots;
  private final Accounts accounts;

  Settlement(Slots slots, Accounts accounts) {
    this.slots = slots;
    this.accounts = accounts;
  }

  /** Gives back all that a slot holds. The caller must own it, in state ENDING. */
  void release(int slot) {
    for (int i = 0; i < ENTRIES; i++) {
      slots.setActual(slot, i, 0);
    }
    slots.setControl(slot, Slots.inState(slots.control(slot), Slots.CHARGING));
    for (int i = 0; i < ENTRIES; i++) {
      long entry = slots.entry(slot, i);
      if (AccountRef.phase(entry) == AccountRef.HELD) {
        charge(slot, i, entry, slots.held(slot, i), 0);
      }
    }
    slots.free(slot, slots.control(slot));
  }

  /**
   * Charges actual amounts in place of what is held. The caller must own the slot, in state CLAIMED
   * or ENDING, and know what is in it.
   */
  void charge(int slot, long control, int entries, long[] refs, long[] held, long[] actual) {
    for (int i = 0; i < entries; i++) {
      slots.setActual(slot, i, actual[i]);
    }
    slots.setControl(slot, Slots.inState(control, Slots.CHARGING));
    for (int i = 0; i < entries; i++) {
      charge(slot, i, refs[i], held[i], actual[i]);
    }
    slots.free(slot, control);
  }

  private void charge(int slot, int index, long ref, long held, long actual) {
    accounts.replace(ref, held, actual);
    slots.setPhase(slot, index, ref, AccountRef.CHARGED);
    accounts.charge(ref, actual);
    slots.setPhase(slot, index, ref, AccountRef.DONE);
  }
}
