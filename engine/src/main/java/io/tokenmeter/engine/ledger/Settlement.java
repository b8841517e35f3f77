package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;

/**
 * Ends a slot by its owner: charges every row that it holds, says so step by step, and frees it.
 */
final class Settlement {
  private final Slots slots;
  private final Accounts accounts;
  private final ClockGuard clock;

  Settlement(Slots slots, Accounts accounts, ClockGuard clock) {
    this.slots = slots;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** Gives back all that a slot holds. The caller must own it, in state CLAIMED or ENDING. */
  void release(int slot) {
    for (int i = 0; i < ENTRIES; i++) {
      slots.setActual(slot, i, 0);
    }
    charge(slot);
  }

  /**
   * Charges the actual amounts that have been set. The caller must own the slot, in state CLAIMED
   * or ENDING.
   */
  void charge(int slot) {
    slots.beginCharge(slot);
    long now = clock.now();
    for (int i = 0; i < ENTRIES; i++) {
      long entry = slots.entry(slot, i);
      if (AccountRef.phase(entry) == AccountRef.HELD) {
        long actual = slots.actual(slot, i);
        slots.setPhase(slot, i, AccountRef.SETTLING);
        accounts.replace(entry, slots.held(slot, i), actual);
        slots.setPhase(slot, i, AccountRef.CHARGED);
        accounts.charge(entry, actual, now);
        slots.setPhase(slot, i, AccountRef.DONE);
      }
    }
    slots.free(slot);
  }
}
