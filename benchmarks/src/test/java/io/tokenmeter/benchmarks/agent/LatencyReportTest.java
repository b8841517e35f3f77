package io.tokenmeter.benchmarks.agent;

import static io.tokenmeter.benchmarks.agent.Variant.NONE;
import static io.tokenmeter.benchmarks.agent.Variant.OPEN_TELEMETRY;
import static io.tokenmeter.benchmarks.agent.Variant.TOKENMETER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.benchmarks.Samples;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
  private static final LatencyReport REPORT =
      new LatencyReport(
          new EnumMap<>(
              Map.of(
                  Scenario.PLAIN_2KB, latencies(200, 30, 90),
                  Scenario.PLAIN_64KB, latencies(600, 500, 95),
                  Scenario.STREAM_2KB, latencies(800, 70, 99))));

  @Test
  void figures_areWhatEachAgentAddsToTheSameRound() {
    assertThat(REPORT.figures())
        .isEqualTo(
            "added_p50_us_2kb=30.0 added_p99_us_2kb=60.0 added_p50_us_64kb=500.0"
                + " added_p50_us_stream=70.0 otel_added_p50_us_2kb=90.0");
  }

  @Test
  void table_hasARowForEachVariantOfEachScenario() {
    assertThat(REPORT.table().toString().lines().toList())
        .hasSize(13)
        .element(3)
        .asString()
        .matches("  tokenmeter +255.0 +385.0 +30.0 +30.0 to 30.0 +60.0");
  }

  /** Two rounds of a hundred calls, one of them on a slower machine; two calls take longer. */
  private static LatencyRounds latencies(double none, double ours, double other) {
    LatencyRounds latencies = new LatencyRounds();
    for (double drift : new double[] {0, 50}) {
      latencies.add(
          Map.of(
              NONE, calls(none + drift, 100),
              TOKENMETER, calls(none + ours + drift, 130),
              OPEN_TELEMETRY, calls(none + other + drift, 100)));
    }
    return latencies;
  }

  private static Samples calls(double micros, double slowerBy) {
    double[] calls = new double[100];
    Arrays.fill(calls, micros);
    calls[7] += slowerBy;
    calls[42] += slowerBy;
    return Samples.of(calls);
  }
}
