package io.tokenmeter.benchmarks.budgets;

import java.time.Duration;

/**
 * What a bucket whose limit is reloaded may admit in all: what it holds when it is full, what flows
 * in, and at each reload what it could still pay before. For a process that has not reloaded yet
 * may spend that from the row of the limit before, and one that has from the row of the new one,
 * which took over no more than what was used.
 */
final class PaceBound {
  private static final long PERIOD_MILLIS = Duration.ofDays(1).toMillis();

  /** The ledger keeps by how much a clock was set back in seconds, rounded up twice. */
  private static final long ROUNDED_MILLIS = 2_000;

  private final long begun = System.nanoTime();
  private long steppedMillis;
  private long capacity;
  private long mayAdmit;

  PaceBound(long limit) {
    capacity = limit;
    mayAdmit = limit;
  }

  /**
   * The clock was set. What flows in goes by a time that never goes back; a thread that read the
   * clock before it was set back, and slept, makes it go the same way twice.
   */
  void stepped(long millis) {
    steppedMillis += millis > 0 ? 2 * millis : ROUNDED_MILLIS;
  }

  /**
   * Another limit comes into force, by and by.
   *
   * @param used of the bucket, without what calls hold, at a moment before
   */
  void reloaded(long limit, long used) {
    mayAdmit += Math.max(0, capacity - used) + Math.max(0, limit - capacity);
    capacity = limit;
  }

  /** At this moment, in tokens. */
  long most() {
    long millis = steppedMillis + (System.nanoTime() - begun) / 1_000_000;
    return mayAdmit + 1 + 2 * capacity * millis / PERIOD_MILLIS;
  }
}
