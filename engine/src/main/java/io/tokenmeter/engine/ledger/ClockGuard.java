package io.tokenmeter.engine.ledger;

import java.time.InstantSource;

/**
 * The host's time as the ledger believes it, from the latest time that any process has seen. A
 * clock that steps back by no more than {@link #TOLERANCE_MILLIS} is ignored until it has caught
 * up: no window opens again. One that steps back further is believed, or else one bad step forward
 * would hold every budget in a wrong window; then calendar windows are bound by what their rows
 * still hold (a row outlives its window by {@link Recycler#RETENTION_MILLIS}), and refilling
 * buckets, whose rows reckon in elapsed time, start anew under the next clock era.
 */
final class ClockGuard {
  static final long TOLERANCE_MILLIS = 60_000;

  /** The shared word is written once in so long only, not at every call. */
  private static final long GRANULARITY_MILLIS = 100;

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
    long seen = memory.get(LedgerDescriptor.HIGH_WATER_OFFSET);
    if (now >= seen) {
      if (now - seen >= GRANULARITY_MILLIS) {
        raise(now);
      }
      return now;
    }
    if (seen - now <= TOLERANCE_MILLIS) {
      return seen;
    }
    if (memory.compareAndSet(LedgerDescriptor.HIGH_WATER_OFFSET, seen, now)) {
      memory.getAndAdd(LedgerDescriptor.CLOCK_ERA_OFFSET, 1);
    }
    return now;
  }

  /** Part of the key of what reckons in elapsed time. */
  long era() {
    return memory.get(LedgerDescriptor.CLOCK_ERA_OFFSET);
  }

  private void raise(long now) {
    long seen;
    do {
      seen = memory.getVolatile(LedgerDescriptor.HIGH_WATER_OFFSET);
    } while (seen < now && !memory.compareAndSet(LedgerDescriptor.HIGH_WATER_OFFSET, seen, now));
  }
}
