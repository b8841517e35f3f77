package io.tokenmeter.benchmarks.agent;

import static io.tokenmeter.benchmarks.agent.Variant.OPEN_TELEMETRY;
import static io.tokenmeter.benchmarks.agent.Variant.TOKENMETER;

import io.tokenmeter.benchmarks.Table;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Starts as people and as scripts want them.
 *
 * @param jarMegabytes the size of our agent
 */
record StartupReport(Map<Program, StartupRounds> measured, double jarMegabytes) {
  Table table() {
    Table table = new Table("start to end", "ms", "peak MB", "added ms", "added MB");
    measured.forEach(
        (program, rounds) -> {
          table.row(program.label());
          for (Variant variant : Variant.values()) {
            row(table, variant, rounds);
          }
          table.row(
              "  tokenmeter / OpenTelemetry",
              "",
              "",
              ratio(ratioOfAdded(rounds.millis())),
              ratio(ratioOfAdded(rounds.megabytes())));
        });
    return table;
  }

  private static void row(Table table, Variant variant, StartupRounds rounds) {
    String label = "  " + variant.label();
    String millis = tenths(rounds.millis().typical(variant));
    String megabytes = tenths(rounds.megabytes().typical(variant));
    if (variant == Variant.NONE) {
      table.row(label, millis, megabytes);
    } else {
      table.row(
          label,
          millis,
          megabytes,
          tenths(rounds.millis().added(variant)),
          tenths(rounds.megabytes().added(variant)));
    }
  }

  /** The last line: each figure is that of the program where it is worse. */
  String figures() {
    return String.join(
        " ",
        "startup_ratio_vs_otel=" + ratio(worst(StartupRounds::millis, StartupReport::ratioOfAdded)),
        "memory_ratio_vs_otel="
            + ratio(worst(StartupRounds::megabytes, StartupReport::ratioOfAdded)),
        "added_ms=" + tenths(worst(StartupRounds::millis, rounds -> rounds.added(TOKENMETER))),
        "added_mb=" + tenths(worst(StartupRounds::megabytes, rounds -> rounds.added(TOKENMETER))),
        "jar_mb=" + tenths(jarMegabytes));
  }

  private double worst(Function<StartupRounds, Rounds> kind, ToDoubleFunction<Rounds> figure) {
    return measured.values().stream().map(kind).mapToDouble(figure).max().orElseThrow();
  }

  private static double ratioOfAdded(Rounds rounds) {
    return rounds.added(TOKENMETER) / rounds.added(OPEN_TELEMETRY);
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
