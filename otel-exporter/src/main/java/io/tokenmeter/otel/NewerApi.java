package io.tokenmeter.otel;

import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongHistogramBuilder;
import java.util.List;

/**
 * The calls that the oldest supported API (1.31) does not have. The JVM links a method when it is
 * first called, so on an older API the call itself fails, here and nowhere else.
 */
final class NewerApi {
  private NewerApi() {}

  /** Since 1.32; before it the application's SDK keeps its default boundaries. */
  static DoubleHistogramBuilder boundaries(
      DoubleHistogramBuilder builder, List<Double> boundaries) {
    try {
      return builder.setExplicitBucketBoundariesAdvice(boundaries);
    } catch (NoSuchMethodError olderApi) {
      return builder;
    }
  }

  /** Since 1.32; before it the application's SDK keeps its default boundaries. */
  static LongHistogramBuilder boundaries(LongHistogramBuilder builder, List<Long> tokens) {
    try {
      return builder.setExplicitBucketBoundariesAdvice(tokens);
    } catch (NoSuchMethodError olderApi) {
      return builder;
    }
  }

  /** Since 1.50; before it the name of an event was an attribute. */
  static LogRecordBuilder eventName(LogRecordBuilder builder, String name) {
    try {
      return builder.setEventName(name);
    } catch (NoSuchMethodError olderApi) {
      return builder.setAttribute(SemanticConventions.EVENT_NAME, name);
    }
  }
}
