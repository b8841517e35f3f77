package io.tokenmeter.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtelVariablesTest {
  @TempDir Path home;

  /** They belong to other tools: budgets must not fall because of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OTEL_EXPORTER_OTLP_ENDPOINT | collector:4317",
        "OTEL_EXPORTER_OTLP_HEADERS  | api-key=ab%c",
        "OTEL_EXPORTER_OTLP_HEADERS  | 'a=b, ,c=d'"
      })
  void variableThatCannotBeUsed_isAWarningOnly(String variable, String value) throws Exception {
    Path file =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            "budgets:\n  rules:\n    - { name: b, limit: 1 USD, window: day }\n");

    Configuration configuration =
        ConfigurationLoader.load(
            Map.of("tokenmeter.config", file.toString(), "user.home", home.toString()),
            Map.of(variable, value));

    assertThat(configuration.budgets().rules()).hasSize(1);
    assertThat(configuration.warnings())
        .singleElement()
        .asString()
        .contains(variable)
        .doesNotContain(value);
  }
}
