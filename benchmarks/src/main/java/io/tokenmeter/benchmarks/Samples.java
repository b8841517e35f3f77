package io.tokenmeter.benchmarks;

import java.util.Arrays;

/** Measured values of one kind, in any unit. Immutable, never empty. */
public final class Samples {
  private final double[] sorted;

  private Samples(double[] sorted) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    this.sorted = sorted;
  }

  public static Samples of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Samples(sorted);
  }

  /** The mean of the two middle values if their number is even. */
  public double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The smallest value that at least a share of all values do not exceed (nearest rank).
   *
   * @param share from 0 to 1
   */
  public double percentile(double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }
}
