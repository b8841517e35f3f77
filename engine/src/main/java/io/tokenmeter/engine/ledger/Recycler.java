package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RECYCLING_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_USED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_EPOCH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_GENERATION;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_HIGH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_LOW;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.WORD;
import static io.tokenmeter.engine.ledger.Rows.FREE;
import static io.tokenmeter.engine.ledger.Rows.PASSED;
import static io.tokenmeter.engine.ledger.Rows.RETIRED;

import java.util.BitSet;

/**
 * Takes rows back whose window ended long ago, and buckets that have been full for long. Runs under
 * the host's lock. Nobody creates rows meanwhile (see {@link LedgerHold#create}); lookups and
 * debits go on, and a row that a slot names stays until the slot lets go of it.
 */
final class Recycler {
  /** How long a row outlives its window; a clock may be set back so far and finds it again. */
  static final long RETENTION_MILLIS = 24 * 3_600_000L;

  /** How long a bucket must have been full. */
  private static final long IDLE_MILLIS = 600_000;

  private static final int MAX_SPINS = 1_000;

  private final Memory memory;
  private final Rows rows;
  private final Slots slots;

  Recycler(Memory memory, Rows rows, Slots slots) {
    this.memory = memory;
    this.rows = rows;
    this.slots = slots;
  }

  /**
   * Takes back what can be.
   *
   * @param now epoch ms
   * @return how many rows became free
   */
  int recycle(long now) {
    // A recycler that died in here left the word set and half a row cleared: begin as it did.
    boolean interrupted = memory.getVolatile(RECYCLING_OFFSET) != 0;
    if (!interrupted && !anyExpired(now)) {
      return 0;
    }
    memory.setVolatile(RECYCLING_OFFSET, 1);
    try {
      return waitForCreators() ? retireAndFree(now) : 0;
    } finally {
      memory.setVolatile(RECYCLING_OFFSET, 0);
    }
  }

  private boolean anyExpired(long now) {
    for (int row = 0; row < rows.count(); row++) {
      if (isExpired(row, now)) {
        return true;
      }
    }
    return false;
  }

  private boolean isExpired(int row, long now) {
    long key = rows.word(row, ROW_KEY_HIGH);
    if (key == FREE || key == PASSED) {
      return false;
    }
    AccountKind kind = AccountKind.of(rows.word(row, ROW_KIND));
    if (kind.refill()) {
      long fullAt =
          Refill.fullAt(
              rows.word(row, ROW_RATE), rows.word(row, ROW_EPOCH), rows.word(row, ROW_COMMITTED));
      return fullAt < now - IDLE_MILLIS;
    }
    return rows.word(row, ROW_WINDOW_END) < now - RETENTION_MILLIS;
  }

  private boolean waitForCreators() {
    for (int i = 0; i < MAX_SPINS; i++) {
      if (!slots.anyCreating()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private int retireAndFree(long now) {
    for (int row = 0; row < rows.count(); row++) {
      if (isExpired(row, now)) {
        memory.setVolatile(rows.offset(row) + ROW_KEY_HIGH, RETIRED);
      }
    }
    // Whoever named a row before this point is seen here; whoever does later sees it retired.
    BitSet named = rowsNamedBySlots();
    int freed = 0;
    for (int row = 0; row < rows.count(); row++) {
      if (rows.word(row, ROW_KEY_HIGH) == RETIRED && !named.get(row)) {
        free(row);
        freed++;
      }
    }
    shortenProbes();
    countUsed();
    return freed;
  }

  private BitSet rowsNamedBySlots() {
    BitSet named = new BitSet(rows.count());
    for (int slot = 0; slot < slots.count(); slot++) {
      if (Slots.state(slots.control(slot)) != Slots.FREE) {
        for (int i = 0; i < ENTRIES; i++) {
          long entry = slots.entry(slot, i);
          if (AccountRef.phase(entry) != AccountRef.DONE) {
            named.set(AccountRef.row(entry));
          }
        }
      }
    }
    return named;
  }

  private void free(int row) {
    int at = rows.offset(row);
    memory.getAndAdd(at + ROW_GENERATION, 1);
    memory.set(at + ROW_KEY_LOW, 0);
    memory.clear(at + ROW_GENERATION + WORD, ROW_STRIDE - ROW_GENERATION - WORD);
    memory.setVolatile(at + ROW_KEY_HIGH, PASSED);
  }

  /** A probe need not pass a free row that nothing comes after. */
  private void shortenProbes() {
    for (int i = 2 * rows.count() - 1; i >= 0; i--) {
      int row = i & (rows.count() - 1);
      int next = (i + 1) & (rows.count() - 1);
      if (rows.word(row, ROW_KEY_HIGH) == PASSED && rows.word(next, ROW_KEY_HIGH) == FREE) {
        memory.setVolatile(rows.offset(row) + ROW_KEY_HIGH, FREE);
      }
    }
  }

  private void countUsed() {
    long used = 0;
    for (int row = 0; row < rows.count(); row++) {
      long key = rows.word(row, ROW_KEY_HIGH);
      if (key != FREE && key != PASSED) {
        used++;
      }
    }
    memory.setVolatile(ROWS_USED_OFFSET, used);
  }
}
