package io.tokenmeter.engine.ledger;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.BitSet;

/**
 * A ledger over words that a test sees, and by itself each thing that its housekeeping does now and
 * then.
 */
final class BareLedger {
  private BareLedger() {}

  /** Those of a new ledger. */
  static ByteBuffer words(Sizes sizes) {
    ByteBuffer words = ByteBuffer.allocateDirect((int) sizes.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), sizes);
    return words;
  }

  static Ledger over(Memory memory, Sizes sizes, InstantSource clock) {
    return Ledger.over(new LedgerFile.Opened(memory, sizes, Growth.NONE), clock);
  }

  /** An account with nothing in it. */
  static long create(Ledger ledger, long key, AccountSpec spec) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }

  /** An account of tokens that ends at a moment. */
  static AccountSpec until(long windowEnd, long key) {
    return AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, "");
  }

  /** A completed hold in one account, whatever its limit. */
  static LedgerHold hold(Ledger ledger, long ref, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, amount, Long.MAX_VALUE, false);
    hold.complete();
    return hold;
  }

  /** The slot whose first entry is an amount. */
  static int slotThatHolds(Ledger ledger, long amount) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) == Slots.HELD
          && ledger.slots().held(slot, 0) == amount) {
        return slot;
      }
    }
    throw new AssertionError("no slot holds " + amount);
  }

  static int usedSlots(Ledger ledger) {
    int used = 0;
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      used += Slots.state(ledger.slots().control(slot)) == Slots.FREE ? 0 : 1;
    }
    return used;
  }

  /** Whatever is held at this moment is held by another participant. */
  static void giveHoldsTo(Ledger ledger, int participant) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      long control = ledger.slots().control(slot);
      if (Slots.state(control) == Slots.HELD) {
        ledger.slots().setControl(slot, control | (long) participant << 8);
      }
    }
  }

  /** Gives a hold back whose time is over, if it still has the slot. */
  static void expire(Ledger ledger, int slot, long amount) {
    long control = ledger.slots().control(slot);
    if (Slots.state(control) == Slots.HELD
        && ledger.slots().held(slot, 0) == amount
        && ledger.slots().beginExpiry(slot, control)) {
      ledger.settlement().release(slot);
    }
  }

  static Recycler recycler(Ledger ledger, InstantSource clock) {
    Memory memory = ledger.memory();
    ClockGuard guard = new ClockGuard(memory, clock);
    return new Recycler(memory, ledger.rows(), ledger.slots(), ledger.accounts(), guard);
  }

  /** Ends what one participant left; how many slots, or -1. */
  static int recover(Ledger ledger, int dead) {
    BitSet participants = new BitSet();
    participants.set(dead);
    return new Recovery(ledger.memory(), ledger.rows(), ledger.slots(), ledger.accounts())
        .endSlotsOf(participants);
  }
}
