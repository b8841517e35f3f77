package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.CLOCK_OFFSET;

import java.time.InstantSource;

/**
 * The host's time as the ledger believes it, from the latest time that any process has seen. A
 * clock that steps back by no more than {@link #TOLERANCE_MILLIS} is ignored until it has caught
 * up: no window opens again. One that steps back further is believed, or else one bad step forward
 * would hold every budget in a wrong window. Then calendar windows are bound by what their rows
 * still hold (a row outlives its window by {@link Recycler#RETENTION_MILLIS}). Buckets and rolling
 * windows go by elapsed time, which does not step back: a word keeps by how much the clock was set
 * back in all, next to the latest time, so that both change in one step.
 */
final class ClockGuard {
  static final long TOLERANCE_MILLIS = 60_000;

  private static final long SECOND_MILLIS = 1_000;
  private static final int SEEN_SHIFT = 31;
  private static final long SET_BACK_MASK = (1L << SEEN_SHIFT) - 1;

  private final Memory memory;
  private final InstantSource clock;

  ClockGuard(Memory memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** Epoch ms. */
  long now() {
    return believed(clock.millis());
  }

  /** What to take for now when a clock says so, epoch ms. */
  long believed(long now) {
    long word = memory.get(CLOCK_OFFSET);
    long seen = seenMillis(word);
    if (now >= seen) {
      // The shared word is written once a second only, not at every call.
      if (now - seen >= SECOND_MILLIS) {
        raise(now);
      }
      return now;
    }
    if (seen - now <= TOLERANCE_MILLIS) {
      return seen;
    }
    // It may just be old: this thread slept between reading the clock and asking here.
    long again = clock.millis();
    if (seen - again <= TOLERANCE_MILLIS) {
      return Math.max(seen, again);
    }
    long setBack = (word & SET_BACK_MASK) + (seen - again) / SECOND_MILLIS + 1;
    memory.compareAndSet(CLOCK_OFFSET, word, word(again, Math.min(SET_BACK_MASK, setBack)));
    return again;
  }

  /**
   * A time that never goes back by more than part of a second, ms, at what is believed to be the
   * present. A moment that is later than any that was seen is from before the clock was set back:
   * what that was set back by must not be counted as if it had passed since.
   */
  long elapsed(long believed) {
    long word = memory.get(CLOCK_OFFSET);
    return Math.min(believed, seenMillis(word) + SECOND_MILLIS) + setBackMillis(word);
  }

  /** The same at a moment to come. */
  long elapsedBy(long at) {
    return at + setBackMillis(memory.get(CLOCK_OFFSET));
  }

  private static long setBackMillis(long word) {
    return (word & SET_BACK_MASK) * SECOND_MILLIS;
  }

  private void raise(long now) {
    long before;
    long after;
    do {
      before = memory.getVolatile(CLOCK_OFFSET);
      after = word(now, before & SET_BACK_MASK);
    } while (seenMillis(before) < seenMillis(after)
        && !memory.compareAndSet(CLOCK_OFFSET, before, after));
  }

  private static long seenMillis(long word) {
    return (word >>> SEEN_SHIFT) * SECOND_MILLIS;
  }

  private static long word(long seenMillis, long setBackSeconds) {
    return Math.max(0, seenMillis / SECOND_MILLIS) << SEEN_SHIFT | setBackSeconds;
  }
}
