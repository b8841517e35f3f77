package io.tokenmeter.benchmarks.tokenizers;

/**
 * How long a peer takes, in nanoseconds a byte of UTF-8.
 *
 * @param cold for texts that it never saw, with nothing remembered yet
 * @param warm for texts that it counts again and again
 */
record Speed(double cold, double warm) {
  private static final double NANOS_A_BYTE_AT_ONE_MEGABYTE_A_SECOND = 1e3;

  static final Speed SLOWEST = new Speed(Double.MAX_VALUE, Double.MAX_VALUE);

  /** Of two measurements of one thing the one that was disturbed less. */
  Speed best(Speed other) {
    return new Speed(Math.min(cold, other.cold), Math.min(warm, other.warm));
  }

  /** Megabytes a second. */
  static double megabytes(double nanosAByte) {
    return NANOS_A_BYTE_AT_ONE_MEGABYTE_A_SECOND / nanosAByte;
  }
}
