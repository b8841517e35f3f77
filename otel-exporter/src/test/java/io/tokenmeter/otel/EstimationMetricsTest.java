package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.tokenizers.InputEstimate;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EstimationMetricsTest {
  private final TestTelemetry telemetry = new TestTelemetry();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void error_reportedInput_isAShareOfItByDirection() {
    telemetry
        .record(call(110, 100))
        .record(call(130, 100))
        .record(call(95, 100))
        .record(call(100, 100));

    Map<String, HistogramPointData> points = points();
    assertThat(points).containsOnlyKeys("over", "under", "exact");
    assertThat(points.get("over").getCount()).isEqualTo(2);
    assertThat(points.get("over").getSum()).isCloseTo(0.4, within(1e-9));
    assertThat(points.get("under").getSum()).isCloseTo(0.05, within(1e-9));
    assertThat(points.get("exact").getSum()).isZero();
    assertThat(points.get("exact").getCounts()).startsWith(1L);
    assertThat(points.get("under").getBoundaries()).contains(0.01, 0.5);
    assertThat(points.get("under").getAttributes().asMap().keySet())
        .extracting(AttributeKey::getKey)
        .containsExactlyInAnyOrder(
            "direction", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model");
  }

  /** Cached input was sent too; what the provider's tools read was not. */
  @Test
  void error_classesOfInput_areWhatWasSent() {
    telemetry.record(
        call(110, 0)
            .usage(
                Usage.builder()
                    .tokens(TokenClass.UNCACHED_INPUT, 10)
                    .tokens(TokenClass.CACHE_READ, 60)
                    .tokens(TokenClass.CACHE_WRITE_5M, 30)
                    .tokens(TokenClass.TOOL_INPUT, 5_000)
                    .tokens(TokenClass.OUTPUT, 7)
                    .build()));

    assertThat(points().get("over").getSum()).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void error_nothingToCompare_isNotRecorded() {
    telemetry
        .record(call(110, 100).countedLocally())
        .record(call(110, 0))
        .record(call(110, 100).usage(null))
        .record(call(110, 100).usage(Usage.builder().tokens(TokenClass.OUTPUT, 5).build()))
        .record(call(110, 100).inputEstimate(null))
        .record(call(110, 100).inputEstimate(InputEstimate.stated(110)))
        .record(TestCall.refusedBy("b"));

    assertThat(telemetry.metrics()).doesNotContainKey("tokenmeter.estimation.error");
  }

  private static TestCall call(long estimated, long reported) {
    return TestCall.chat()
        .inputEstimate(new InputEstimate(estimated, estimated + 5, estimated - 7, 7, 0))
        .usage(Usage.of(reported, 1));
  }

  private Map<String, HistogramPointData> points() {
    MetricData metric = telemetry.metrics().get("tokenmeter.estimation.error");
    return metric.getHistogramData().getPoints().stream()
        .collect(
            Collectors.toMap(
                point -> point.getAttributes().get(AttributeKey.stringKey("direction")),
                Function.identity()));
  }
}
