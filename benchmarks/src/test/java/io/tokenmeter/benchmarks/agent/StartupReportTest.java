package io.tokenmeter.benchmarks.agent;

import static io.tokenmeter.benchmarks.agent.Variant.NONE;
import static io.tokenmeter.benchmarks.agent.Variant.OPEN_TELEMETRY;
import static io.tokenmeter.benchmarks.agent.Variant.TOKENMETER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartupReportTest {
  @Test
  void figures_areThoseOfTheProgramWhereEachIsWorse() {
    StartupReport report =
        new StartupReport(
            new EnumMap<>(
                Map.of(
                    Program.HELLO_WORLD, runs(100, 20, 4000, 40, 60, 300),
                    Program.CLIENT, runs(1000, 500, 5000, 100, 50, 400))),
            9.76);

    assertThat(report.figures())
        .isEqualTo(
            "startup_ratio_vs_otel=0.100 memory_ratio_vs_otel=0.200 added_ms=500.0 added_mb=60.0"
                + " jar_mb=9.8");
    assertThat(report.table().toString())
        .containsPattern("  tokenmeter +1500\\.0 +150\\.0 +500\\.0 +50\\.0\n")
        .containsPattern("  tokenmeter / OpenTelemetry +0\\.005 +0\\.200\n");
  }

  private static StartupRounds runs(
      double ms, double oursMs, double otherMs, double mb, double oursMb, double otherMb) {
    StartupRounds rounds = new StartupRounds();
    rounds.millis().add(NONE, ms);
    rounds.millis().add(TOKENMETER, ms + oursMs);
    rounds.millis().add(OPEN_TELEMETRY, ms + otherMs);
    rounds.megabytes().add(NONE, mb);
    rounds.megabytes().add(TOKENMETER, mb + oursMb);
    rounds.megabytes().add(OPEN_TELEMETRY, mb + otherMb);
    return rounds;
  }
}
