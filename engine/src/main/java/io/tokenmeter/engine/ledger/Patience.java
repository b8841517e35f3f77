package io.tokenmeter.engine.ledger;

import java.util.concurrent.locks.LockSupport;

/**
 * How long a call may still wait for others before it does without a row: about 100 ms in all,
 * whatever it waits for and however many rows it needs. One thread's.
 *
 * <p>An interrupt is kept for later. It would end each pause at once, and the call would be through
 * with them before the others had a chance.
 */
final class Patience {
  private static final long MOST_NANOS = 100_000_000;

  private long leftNanos = MOST_NANOS;
  private boolean interrupted;

  /**
   * Waits a moment.
   *
   * @return false, without waiting, if the call has waited long enough
   */
  boolean pause(long nanos) {
    if (leftNanos <= 0) {
      return false;
    }
    interrupted |= Thread.interrupted();
    LockSupport.parkNanos(nanos);
    leftNanos -= nanos;
    return true;
  }

  /** Interrupts the thread now if it was interrupted in a pause, or before one. */
  void restoreInterrupt() {
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }
}
