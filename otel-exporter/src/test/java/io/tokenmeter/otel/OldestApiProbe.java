package io.tokenmeter.otel;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** An application with an old OpenTelemetry; tells {@link OldestApiTest} what it saw. */
public final class OldestApiProbe implements Callable<List<String>> {
  private final List<String> seen = new ArrayList<>();
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
  private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();

  @Override
  public List<String> call() {
    boolean hasEventNames =
        Arrays.stream(LogRecordBuilder.class.getMethods())
            .anyMatch(method -> method.getName().equals("setEventName"));
    seen.add(hasEventNames ? "api with event names" : "api without event names");
    if (listener() == null) {
      seen.add("nothing before the application's SDK");
    }
    OpenTelemetrySdk sdk = sdk();
    GlobalOpenTelemetry.set(sdk);
    seen.add("the application could still set its own");

    TelemetryListener listener = listener();
    Span parent = sdk.getTracer("application").spanBuilder("request").startSpan();
    Object captured;
    try (Scope scope = parent.makeCurrent()) {
      captured = listener.opening(TestCall.outgoing(Map.of()));
    }
    listener.closed(TestCall.chat().record(), captured);
    SpanData span = spans.getFinishedSpanItems().get(0);
    if (span.getParentSpanId().equals(parent.getSpanContext().getSpanId())) {
      seen.add("span " + span.getName() + " below request");
    }
    seen.add("calls " + (long) sum("tokenmeter.calls"));
    seen.add("duration " + sum("gen_ai.client.operation.duration"));
    seen.add("tokens " + (long) sum("gen_ai.client.token.usage"));
    seen.add("budget used " + (long) sum("tokenmeter.budget.used"));
    listener.closed(TestCall.refusedBy("b").record(), captured);
    logs.getFinishedLogRecordItems()
        .forEach(
            event ->
                seen.add("event " + event.getAttributes().get(SemanticConventions.EVENT_NAME)));
    sdk.close();
    return seen;
  }

  private static TelemetryListener listener() {
    Budget budget =
        new Budget("b", "", Budget.Unit.TOKENS, true, "day", 10, 7, 0, 3, Instant.EPOCH);
    return ApplicationTelemetry.create(
        new OtelSettings(true, Optional.empty(), "1.41", Map.of(), Map.of()),
        "0.1.0",
        () -> List.of(budget),
        List::of,
        () -> 0,
        () -> 0);
  }

  private OpenTelemetrySdk sdk() {
    return OpenTelemetrySdk.builder()
        .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
        .setTracerProvider(
            SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build())
        .setLoggerProvider(
            SdkLoggerProvider.builder()
                .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                .build())
        .build();
  }

  private double sum(String name) {
    double sum = 0;
    for (MetricData metric : metrics.collectAllMetrics()) {
      if (metric.getName().equals(name)) {
        for (PointData point : metric.getData().getPoints()) {
          sum += value(point);
        }
      }
    }
    return sum;
  }

  private static double value(PointData point) {
    if (point instanceof HistogramPointData histogram) {
      return histogram.getSum();
    }
    return point instanceof LongPointData number
        ? number.getValue()
        : ((DoublePointData) point).getValue();
  }
}
