package io.tokenmeter.engine.ledger;

import java.util.concurrent.locks.LockSupport;

/**
 * How long a call may still wait for others before it does without a row: about 100 ms in all, and
 * half a second more where there are a million rows, whatever it waits for and however many rows it
 * needs. One thread's.
 *
 * <p>An interrupt is kept for later. It would end each pause at once, and the call would be through
 * with them before the others had a chance.
 */
final class Patience {
  private static final long MOST_NANOS = 100_000_000;

  /** A recycler goes through all rows, a fifth of a microsecond each; other machines are slower. */
  private static final long NANOS_PER_ROW = 500;

  private long leftNanos;
  private boolean interrupted;

  /**
   * @param rows how many the ledger has begun
   */
  Patience(int rows) {
    leftNanos = MOST_NANOS + rows * NANOS_PER_ROW;
  }

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
