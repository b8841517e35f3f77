package io.tokenmeter.benchmarks.agent;

import static io.tokenmeter.benchmarks.agent.Variant.OPEN_TELEMETRY;
import static io.tokenmeter.benchmarks.agent.Variant.TOKENMETER;

import io.tokenmeter.benchmarks.Samples;
import io.tokenmeter.benchmarks.Table;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Latencies as people and as scripts want them. */
record LatencyReport(Map<Scenario, LatencyRounds> measured) {
  Table table() {
    Table table =
        new Table("microseconds a call", "p50", "p99", "added p50", "(quartiles)", "added p99");
    measured.forEach(
        (scenario, latencies) -> {
          table.row(scenario.label());
          for (Variant variant : Variant.values()) {
            row(table, variant, latencies);
          }
        });
    return table;
  }

  private static void row(Table table, Variant variant, LatencyRounds latencies) {
    String label = "  " + variant.label();
    String p50 = micros(latencies.p50().typical(variant));
    String p99 = micros(latencies.p99().typical(variant));
    if (variant == Variant.NONE) {
      table.row(label, p50, p99);
    } else {
      Samples added = latencies.p50().differences(variant);
      String quartiles = micros(added.percentile(0.25)) + " to " + micros(added.percentile(0.75));
      table.row(
          label,
          p50,
          p99,
          micros(latencies.p50().added(variant)),
          quartiles,
          micros(latencies.p99().added(variant)));
    }
  }

  /** The last line. */
  String figures() {
    LatencyRounds plain2kb = of(Scenario.PLAIN_2KB);
    return String.join(
        " ",
        "added_p50_us_2kb=" + micros(plain2kb.p50().added(TOKENMETER)),
        "added_p99_us_2kb=" + micros(plain2kb.p99().added(TOKENMETER)),
        "added_p50_us_64kb=" + micros(of(Scenario.PLAIN_64KB).p50().added(TOKENMETER)),
        "added_p50_us_stream=" + micros(of(Scenario.STREAM_2KB).p50().added(TOKENMETER)),
        "otel_added_p50_us_2kb=" + micros(plain2kb.p50().added(OPEN_TELEMETRY)));
  }

  private LatencyRounds of(Scenario scenario) {
    return Objects.requireNonNull(measured.get(scenario));
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
