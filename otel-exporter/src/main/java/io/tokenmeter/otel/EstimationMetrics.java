package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;

/**
 * How far off the input tokens were that were held, from those that the provider then reported. The
 * mean is the mean absolute error; the counts by direction tell which way it leans.
 */
final class EstimationMetrics {
  private final DoubleHistogram error;
  private final MetricAttributes metricAttributes;

  EstimationMetrics(Meter meter, MetricAttributes metricAttributes) {
    this.metricAttributes = metricAttributes;
    error =
        NewerApi.boundaries(
                meter
                    .histogramBuilder(SemanticConventions.ESTIMATION_ERROR)
                    .setUnit("1")
                    .setDescription("|estimated - reported| / reported, of a call's input tokens."),
                SemanticConventions.ERROR_BOUNDARIES)
            .build();
  }

  void record(CallRecord call, Context context) {
    Long estimated = call.estimatedInputTokens();
    Long reported = call.reportedInputTokens();
    if (estimated == null || reported == null) {
      return;
    }
    Attributes attributes =
        metricAttributes.model(call).toBuilder()
            .put(SemanticConventions.DIRECTION, direction(Long.compare(estimated, reported)))
            .build();
    error.record(Math.abs(estimated - reported) / (double) reported, attributes, context);
  }

  private static String direction(int comparison) {
    if (comparison == 0) {
      return "exact";
    }
    return comparison > 0 ? "over" : "under";
  }
}
