package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;
import java.time.Duration;

/**
 * The metrics of the GenAI conventions. Refused calls never reached a model and are not in them.
 */
final class GenAiMetrics {
  private final DoubleHistogram duration;
  private final DoubleHistogram otherDuration;
  private final DoubleHistogram timeToFirstChunk;
  private final DoubleHistogram timePerOutputChunk;
  private final TokenUsageMetrics tokens;
  private final MetricAttributes metricAttributes;

  GenAiMetrics(Meter meter, SemanticConventions conventions, MetricAttributes metricAttributes) {
    this.metricAttributes = metricAttributes;
    duration = seconds(meter, conventions.duration, "GenAI operation duration.");
    otherDuration =
        conventions == SemanticConventions.V1_41
            ? duration
            : seconds(
                meter,
                SemanticConventions.OPERATION_DURATION,
                "Duration of GenAI operations other than inference.");
    timeToFirstChunk =
        seconds(meter, conventions.timeToFirstChunk, "Time until a stream's first chunk.");
    timePerOutputChunk =
        seconds(
            meter,
            conventions.timePerOutputChunk,
            "Mean time between the chunks of a stream after the first, once a call.");
    tokens =
        switch (conventions) {
          case V1_41 -> new TokenUsageHistogram(meter);
          case NEXT -> new InferenceTokenMetrics(meter);
        };
  }

  private static DoubleHistogram seconds(Meter meter, String name, String description) {
    return NewerApi.boundaries(
            meter.histogramBuilder(name).setUnit("s").setDescription(description),
            SemanticConventions.SECONDS_BOUNDARIES)
        .build();
  }

  void record(CallRecord call, Context context) {
    if (!call.decision().wasSent()) {
      return;
    }
    Attributes attributes = metricAttributes.conventional(call);
    DoubleHistogram histogram = call.operation().equals("embeddings") ? otherDuration : duration;
    histogram.record(
        seconds(call.duration()), metricAttributes.withError(attributes, call.error()), context);
    tokens.record(call, attributes, context);
    recordStream(call, attributes, context);
  }

  private void recordStream(CallRecord call, Attributes attributes, Context context) {
    Duration first = call.timeToFirstChunk();
    if (first == null) {
      return;
    }
    timeToFirstChunk.record(seconds(first), attributes, context);
    if (call.chunks() > 1) {
      timePerOutputChunk.record(
          seconds(call.duration().minus(first)) / (call.chunks() - 1), attributes, context);
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
