package io.tokenmeter.engine.ledger;

/**
 * The arithmetic of a bucket that is refilled evenly: a rate of units flows in during each period.
 *
 * <pre>
 *   flowed(t) = floor(rate x (t - epoch) / period)
 * </pre>
 *
 * Large rates are reckoned in steps of a power of two units, amounts rounded up to whole steps, so
 * that no sum overflows within 30 years of the bucket's epoch.
 */
final class Refill {
  /** Bits of a sum over 30 years; seconds, and longer periods. */
  private static final int SUM_BITS = 62;

  private static final int SHORT_PERIODS_BITS = 30;
  private static final int LONG_PERIODS_BITS = 24;
  private static final long LONG_PERIOD_MILLIS = 60_000;

  private Refill() {}

  private static int periodsBits(long period) {
    return period < LONG_PERIOD_MILLIS ? SHORT_PERIODS_BITS : LONG_PERIODS_BITS;
  }

  /** How many bits of an amount one step covers. */
  static int shift(long rate, long period) {
    int rateBits = SUM_BITS - periodsBits(period);
    return rate <= 1L << rateBits ? 0 : 64 - Long.numberOfLeadingZeros(rate >>> rateBits);
  }

  /** In steps, rounded up. */
  static long steps(long amount, int shift) {
    return shift == 0 ? amount : (amount >>> shift) + ((amount & ((1L << shift) - 1)) == 0 ? 0 : 1);
  }

  /** The epoch of a bucket that is full now: a whole period. */
  static long epoch(long nowMillis, long period) {
    return nowMillis - nowMillis % Math.max(1, period);
  }

  /** In steps; 0 before the epoch. */
  static long flowed(long rate, long period, long epochMillis, long nowMillis) {
    long length = Math.max(1, period);
    long elapsed = Math.max(0, nowMillis - epochMillis);
    long periods = Math.min(1L << periodsBits(length), elapsed / length);
    long steps = Math.max(0, rate) >>> shift(Math.max(0, rate), length);
    return steps * periods + steps * (elapsed % length) / length;
  }

  /** When so many steps will have flowed in, ms. */
  static long flowedAt(long rate, long period, long epochMillis, long flow) {
    long length = Math.max(1, period);
    long steps = Math.max(0, rate) >>> shift(Math.max(0, rate), length);
    if (steps == 0) {
      return Long.MAX_VALUE;
    }
    long rest = flow % steps;
    return epochMillis + flow / steps * length + (rest * length + steps - 1) / steps;
  }
}
