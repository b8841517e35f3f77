package io.tokenmeter.engine.ledger;

/**
 * Sums that stop at {@link Long#MAX_VALUE} and then stay there: an account that overflowed is used
 * up, and nothing given back later may turn the overflow into headroom.
 */
final class Saturating {
  private Saturating() {}

  /** Both at least 0. */
  static long add(long sum, long amount) {
    return sum >= Long.MAX_VALUE - amount ? Long.MAX_VALUE : sum + amount;
  }

  /**
   * Whether a sum cannot get to {@link Long#MAX_VALUE} even if every thread of the host adds such
   * an amount at this moment; then it needs no comparison, and threads do not hold each other up.
   *
   * @param amount at least 0
   */
  static boolean isFarFromOverflow(long sum, long amount) {
    return sum >= 0 && sum < 1L << 62 && amount < 1L << 40;
  }

  /**
   * {@code sum + (after - before)}, never below 0, of a sum that others have changed since it was
   * {@code before}; all at least 0.
   */
  static long shift(long sum, long before, long after) {
    if (sum == Long.MAX_VALUE) {
      return sum;
    }
    return after >= before ? add(sum, after - before) : Math.max(0, sum - (before - after));
  }

  /** {@code sum - before + after}, never below 0; all at least 0. */
  static long replace(long sum, long before, long after) {
    if (sum == Long.MAX_VALUE) {
      return sum;
    }
    return add(Math.max(0, sum - before), after);
  }
}
