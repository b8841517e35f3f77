package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.tokenmeter.api.Budget;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names are a promise to dashboards: this test has them once more, by hand. */
class SemanticConventionsTest {
  private static final String[] OWN_METRICS = {
    "tokenmeter.budget.decisions {call} LONG_SUM",
    "tokenmeter.budget.limit  DOUBLE_GAUGE",
    "tokenmeter.budget.remaining  DOUBLE_GAUGE",
    "tokenmeter.budget.reserved  DOUBLE_GAUGE",
    "tokenmeter.budget.reset_time s DOUBLE_GAUGE",
    "tokenmeter.budget.spend  DOUBLE_SUM",
    "tokenmeter.budget.used  DOUBLE_GAUGE",
    "tokenmeter.calls {call} LONG_SUM",
    "tokenmeter.calls.unpriced {call} LONG_SUM",
    "tokenmeter.cost {USD} DOUBLE_SUM",
    "tokenmeter.internal.errors {error} LONG_SUM",
    "tokenmeter.pricetable.age s LONG_GAUGE",
    "tokenmeter.tokens {token} LONG_SUM"
  };

  @Test
  void metrics_of141_haveTheseNamesUnitsAndTypes() {
    assertThat(emitted("1.41"))
        .filteredOn(metric -> metric.startsWith("gen_ai."))
        .containsExactly(
            "gen_ai.client.operation.duration s HISTOGRAM",
            "gen_ai.client.operation.time_per_output_chunk s HISTOGRAM",
            "gen_ai.client.operation.time_to_first_chunk s HISTOGRAM",
            "gen_ai.client.token.usage {token} HISTOGRAM");
  }

  @Test
  void metrics_ofNext_haveTheseNamesUnitsAndTypes() {
    assertThat(emitted("next"))
        .filteredOn(metric -> metric.startsWith("gen_ai."))
        .containsExactly(
            "gen_ai.client.inference.duration s HISTOGRAM",
            "gen_ai.client.inference.operation.input_tokens {token} HISTOGRAM",
            "gen_ai.client.inference.operation.output_tokens {token} HISTOGRAM",
            "gen_ai.client.inference.time_per_output_chunk s HISTOGRAM",
            "gen_ai.client.inference.time_to_first_chunk s HISTOGRAM",
            "gen_ai.client.inference.usage.cache_read.input_tokens {token} LONG_SUM",
            "gen_ai.client.inference.usage.cache_write.input_tokens {token} LONG_SUM",
            "gen_ai.client.inference.usage.input_tokens {token} LONG_SUM",
            "gen_ai.client.inference.usage.output_tokens {token} LONG_SUM",
            "gen_ai.client.inference.usage.reasoning.output_tokens {token} LONG_SUM",
            "gen_ai.client.operation.duration s HISTOGRAM");
  }

  @Test
  void metrics_ofOurOwn_areTheSameInBothVersions() {
    assertThat(emitted("1.41"))
        .filteredOn(metric -> metric.startsWith("tokenmeter."))
        .containsExactly(OWN_METRICS);
    assertThat(emitted("next"))
        .filteredOn(metric -> metric.startsWith("tokenmeter."))
        .containsExactly(OWN_METRICS);
  }

  @Test
  void of_unknownVersion_saysWhatIsExpected() {
    assertThatThrownBy(() -> SemanticConventions.of("1.30"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("otel.semconv must be 1.41 or next, but is '1.30'");
  }

  private static List<String> emitted(String version) {
    BudgetRule rule = BudgetRule.named("b").limit(Budget.Unit.USD, 1).window(Window.DAY).build();
    try (TestTelemetry telemetry =
        new TestTelemetry(TestTelemetry.settings(version, Map.of()), rule)) {
      telemetry.budgets.add(
          new Budget("b", "", Budget.Unit.USD, true, "day", 1, 0, 0, 1, Instant.EPOCH));
      Usage.Builder everyClass = Usage.builder();
      for (TokenClass tokenClass : TokenClass.values()) {
        everyClass.tokens(tokenClass, 1);
      }
      telemetry
          .record(TestCall.chat().usage(everyClass.build()).streamed(Duration.ofMillis(1), 2))
          .record(TestCall.chat().operation("embeddings"));
      return telemetry.metrics().values().stream().map(SemanticConventionsTest::describe).toList();
    }
  }

  private static String describe(MetricData metric) {
    if (metric.getType() == MetricDataType.LONG_SUM) {
      assertThat(metric.getLongSumData().isMonotonic()).isTrue();
    } else if (metric.getType() == MetricDataType.DOUBLE_SUM) {
      assertThat(metric.getDoubleSumData().isMonotonic()).isTrue();
    }
    return metric.getName() + " " + metric.getUnit() + " " + metric.getType();
  }
}
