package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.calibration.Learned;
import io.tokenmeter.engine.calibration.ModelName;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.Encodings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** How tokens are counted, and what this host has learned about it. */
final class CountingReport {
  private final Configuration configuration;
  private final Findings findings;

  CountingReport(Configuration configuration, Findings findings) {
    this.configuration = configuration;
    this.findings = findings;
  }

  void run() {
    CountingSettings counting = configuration.counting();
    findings.heading("Counting");
    counting
        .models()
        .forEach(
            (model, encoding) ->
                findings.fact("Models %s... are counted with %s.".formatted(model, encoding)));
    counting.tokenizers().forEach(this::tokenizer);
    counting.rules().forEach(rule -> findings.fact("Your rule: " + rule));
    findings.fact(
        counting.rememberedParts() == 0
            ? "Every request is counted whole."
            : "The counts of the last %,d messages and tools are remembered."
                .formatted(counting.rememberedParts()));
    if (!counting.learn()) {
      findings.fact("Nothing is learned from the usage that providers report.");
      return;
    }
    try {
      learned(Calibrator.learned(configuration.home()));
    } catch (IOException unreadable) {
      findings.warning("what was learned about tokenizers cannot be read: " + unreadable);
    }
  }

  private void tokenizer(String model, Path file) {
    try {
      Encodings.fromTokenizerJson(file);
      findings.ok("models %s... are counted with %s".formatted(model, file));
    } catch (IOException | IllegalArgumentException unusable) {
      findings.error(
          "models %s... cannot be counted with %s: %s"
              .formatted(model, file, unusable.getMessage()));
    }
  }

  private void learned(Map<ModelName, Learned> models) {
    if (models.isEmpty()) {
      findings.fact("Nothing was learned yet from the usage that providers report.");
      return;
    }
    findings.fact("Learned from the usage that providers report:");
    TextTable table =
        new TextTable("  MODEL", "PROVIDER", ">TOKENS", ">MEAN ERROR", ">MARGIN", ">CALLS");
    models.forEach(
        (name, learned) ->
            table.row(
                "  " + name.model(),
                name.provider(),
                String.format(Locale.ROOT, "x%.3f %s", learned.factor(), learned.encoding()),
                percent(learned.meanError()),
                percent(learned.margin()),
                String.format(Locale.ROOT, "%,d", learned.calls())));
    table.print(findings.out());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
