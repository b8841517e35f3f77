package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardVariablesTest {
  @Test
  void variables_unset_areDefaults() {
    StandardVariables variables = variables(Map.of(), Map.of());

    assertThat(variables.serviceName()).isNull();
    assertThat(variables.resourceAttributes()).isEmpty();
    assertThat(variables.metricExportInterval()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void variables_setTwice_systemPropertyWins() {
    StandardVariables variables =
        variables(
            Map.of("otel.service.name", "from-property"), Map.of("OTEL_SERVICE_NAME", "from-env"));

    assertThat(variables.serviceName()).isEqualTo("from-property");
  }

  @Test
  void resourceAttributes_encodedAndBrokenParts_keepsWhatCanBeRead() {
    StandardVariables variables =
        variables(
            Map.of(),
            Map.of("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=a%20b, x=1+2,broken,y=%zz"));

    assertThat(variables.resourceAttributes())
        .isEqualTo(Map.of("deployment.environment", "a b", "x", "1+2", "y", "%zz"));
  }

  @Test
  void metricExportInterval_milliseconds_isRead() {
    assertThat(
            variables(Map.of(), Map.of("OTEL_METRIC_EXPORT_INTERVAL", "250"))
                .metricExportInterval())
        .isEqualTo(Duration.ofMillis(250));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "10s", "99999999999999999999"})
  void metricExportInterval_invalid_isTheDefault(String setting) {
    assertThat(
            variables(Map.of(), Map.of("OTEL_METRIC_EXPORT_INTERVAL", setting))
                .metricExportInterval())
        .isEqualTo(Duration.ofSeconds(60));
  }

  private static StandardVariables variables(
      Map<String, String> properties, Map<String, String> environment) {
    return new StandardVariables(properties::get, environment::get);
  }
}
