package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.RING_FIRST;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RING_LENGTH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_PERIOD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RING;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.WORD;

/**
 * Rolling windows. Time goes in steps of a {@value #STEPS}th of the window. A ring of words says
 * what was settled, ever, when each of the last steps began; what was settled before the window is
 * the word of the step that is {@value #STEPS} steps back. So the window is up to one step longer
 * than asked for, never shorter.
 *
 * <p>Whoever is first in a new step writes its word and then the number of the step. Nothing is
 * settled in the new step before that number is written, so a word that was read before it is the
 * step's, whoever writes it. The words that are written do not yet count, and those that are
 * overwritten no longer do: the ring is longer than the window by {@link #AHEAD}.
 */
final class Rolling {
  static final int STEPS = 24;

  /** How many steps may be written before the number says so. */
  private static final int AHEAD = RING_LENGTH - STEPS - 1;

  private final Memory memory;
  private final Rows rows;

  Rolling(Memory memory, Rows rows) {
    this.memory = memory;
    this.rows = rows;
  }

  static long step(long elapsed, long period) {
    return elapsed / Math.max(1, period);
  }

  /**
   * What of a row's settled sum has left the window. Moves the row on to the present; only for who
   * has a slot.
   *
   * @param row offset
   * @param elapsed ms, see {@link ClockGuard#elapsed}
   */
  long left(int row, long elapsed) {
    long now = step(elapsed, memory.get(row + ROW_PERIOD));
    int ring = ring(row);
    if (ring < 0) {
      return 0;
    }
    while (true) {
      long current = memory.getVolatile(row + ROW_MARK);
      if (now > current) {
        advance(row, ring, current, now);
        continue;
      }
      long settled = memory.getVolatile(wordOf(ring, current - STEPS));
      if (memory.getVolatile(row + ROW_MARK) == current) {
        return Math.max(0, settled);
      }
    }
  }

  /**
   * What has left the window now, or will have by a moment to come if nothing is settled until
   * then. For who only looks: without a slot the row may be another account's before it is over, so
   * it writes nothing.
   */
  long leftBy(int row, long elapsed) {
    long now = step(elapsed, memory.get(row + ROW_PERIOD));
    int ring = ring(row);
    if (ring < 0) {
      return 0;
    }
    while (true) {
      long current = memory.getVolatile(row + ROW_MARK);
      long first = Math.max(now, current) - STEPS;
      boolean written = first <= current;
      long settled = memory.getVolatile(written ? wordOf(ring, first) : row + ROW_SETTLED);
      if (memory.getVolatile(row + ROW_MARK) == current) {
        return Math.max(0, settled);
      }
    }
  }

  private void advance(int row, int ring, long current, long now) {
    if (current < 0) {
      // Never written by us, and too far from now to be reckoned with. Words that are missing in
      // the ring are older ones, which are smaller.
      memory.compareAndSet(row + ROW_MARK, current, now);
      return;
    }
    int few = (int) Math.min(AHEAD, now - current);
    for (int step = 1; step <= few; step++) {
      int word = wordOf(ring, current + step);
      long before = memory.getVolatile(word);
      long settled = memory.getVolatile(row + ROW_SETTLED);
      if (memory.getVolatile(row + ROW_MARK) != current) {
        return;
      }
      memory.compareAndSet(word, before, settled);
    }
    // From far behind it jumps by whole turns of the ring; older words are smaller and do no harm.
    long turns = Math.max(0, (now - current) / RING_LENGTH - 1);
    memory.compareAndSet(row + ROW_MARK, current, current + few + turns * RING_LENGTH);
  }

  private int ring(int row) {
    long ring = memory.get(row + ROW_RING);
    return rows.isReadable(ring) ? (int) ring : -1;
  }

  private int wordOf(int ring, long step) {
    return rows.at(ring, RING_FIRST + WORD * Math.floorMod(step, RING_LENGTH));
  }
}
