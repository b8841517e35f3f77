package io.tokenmeter.engine.ledger;

/**
 * The arithmetic of a bucket that is refilled evenly, by its rate once a minute, and holds as much.
 * All that was ever consumed is compared with all that ever flowed in since the bucket's epoch:
 *
 * <pre>
 *   flowed(t)   = floor(rate x (t - epoch) / 60 s)
 *   take:         consumed = max(consumed, flowed) + amount,  if that leaves consumed - flowed &lt;= rate
 *   available   = rate - (consumed - flowed), at most the rate; negative in debt
 * </pre>
 *
 * so one word holds the bucket. Rates above 2^38 units a minute (274 USD, or 274 billion tokens)
 * are reckoned in steps of a power of two units, amounts rounded up to whole steps, so that no sum
 * overflows within 30 years of the bucket's epoch.
 */
final class Refill {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long MAX_STEPS_A_MINUTE = 1L << 38;
  private static final long MAX_MINUTES = 1L << 24;

  private Refill() {}

  /** How many bits of an amount one step covers. */
  static int shift(long rate) {
    return rate <= MAX_STEPS_A_MINUTE ? 0 : 64 - Long.numberOfLeadingZeros(rate >>> 38);
  }

  /** In steps, rounded up. */
  static long steps(long amount, int shift) {
    return shift == 0 ? amount : (amount >>> shift) + ((amount & ((1L << shift) - 1)) == 0 ? 0 : 1);
  }

  /**
   * The epoch of a bucket that is full now: a whole minute, so that what has flowed in by then does
   * not depend, by a rounding, on when the bucket was first used.
   */
  static long epoch(long nowMillis) {
    return nowMillis - nowMillis % MINUTE_MILLIS;
  }

  /** In steps; 0 before the epoch. */
  static long flowed(long rate, long epochMillis, long nowMillis) {
    long elapsed = Math.max(0, nowMillis - epochMillis);
    long minutes = Math.min(MAX_MINUTES, elapsed / MINUTE_MILLIS);
    long rest = elapsed % MINUTE_MILLIS;
    long steps = rate >>> shift(rate);
    return steps * minutes + steps * rest / MINUTE_MILLIS;
  }

  /** When all that was consumed will have flowed in, epoch ms. */
  static long fullAt(long rate, long epochMillis, long consumedSteps) {
    long steps = rate >>> shift(rate);
    if (steps == 0) {
      return Long.MAX_VALUE;
    }
    long minutes = consumedSteps / steps;
    long rest = consumedSteps % steps;
    long restMillis = (rest * MINUTE_MILLIS + steps - 1) / steps;
    return epochMillis + minutes * MINUTE_MILLIS + restMillis;
  }
}
