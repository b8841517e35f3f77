package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.Samples;
import java.util.Map;

/** Latencies of one scenario over all rounds, in microseconds. */
final class LatencyRounds {
  private static final double P50 = 0.5;
  private static final double P99 = 0.99;

  private final Rounds p50 = new Rounds();
  private final Rounds p99 = new Rounds();

  /** Adds one round: the latency of every call of every variant. */
  void add(Map<Variant, Samples> micros) {
    micros.forEach(
        (variant, samples) -> {
          p50.add(variant, samples.percentile(P50));
          p99.add(variant, samples.percentile(P99));
        });
  }

  Rounds p50() {
    return p50;
  }

  Rounds p99() {
    return p99;
  }
}
