package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.TokenizerFiles;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Whether the tokenizers that the configuration names can be used. */
final class TokenizersReport {
  private final CountingSettings settings;
  private final Findings findings;

  TokenizersReport(CountingSettings settings, Findings findings) {
    this.settings = settings;
    this.findings = findings;
  }

  void run() {
    if (settings.tokenizers().isEmpty()) {
      return;
    }
    findings.heading("Tokenizers");
    Set<Path> unusable = new HashSet<>();
    new TokenizerFiles(
            (file, reason) -> {
              unusable.add(file);
              findings.warning(
                  "%s cannot be used, its models are counted with the built-in encoding: %s"
                      .formatted(file, reason));
            })
        .encodings(settings);
    settings
        .tokenizers()
        .forEach(
            (model, file) -> {
              if (!unusable.contains(file)) {
                findings.ok("Text of %s... is counted with %s.".formatted(model, file));
              }
            });
  }
}
