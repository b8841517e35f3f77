package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** A real SDK that exports into memory, with a listener over it. */
final class TestTelemetry implements AutoCloseable {
  static final OtelSettings SETTINGS = settings("1.41", Map.of());

  final List<Budget> budgets = new CopyOnWriteArrayList<>();
  final AtomicLong internalErrors = new AtomicLong();
  final InMemoryMetricReader metrics = InMemoryMetricReader.create();
  final InMemorySpanExporter spans = InMemorySpanExporter.create();
  final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
  final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .addSpanProcessor(new AtSpanEnd())
                  .build())
          .setLoggerProvider(
              SdkLoggerProvider.builder()
                  .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                  .build())
          .build();
  final TelemetryListener listener;

  /** Whether to collect at a span's end; a collection takes the exemplars along. */
  boolean collectAtSpanEnd;

  /** Names of the metrics that had a point when the last span ended. */
  Set<String> metricsAtSpanEnd = Set.of();

  TestTelemetry() {
    this(SETTINGS);
  }

  TestTelemetry(OtelSettings settings, BudgetRule... rules) {
    listener =
        new TelemetryListener(
            sdk,
            settings,
            new MeterState(
                "0.1.0", () -> budgets, () -> List.of(rules), () -> 86_400L, internalErrors::get));
  }

  static OtelSettings settings(String semconv, Map<String, String> baggage) {
    return new OtelSettings(true, Optional.empty(), semconv, Map.of(), baggage);
  }

  TestTelemetry record(TestCall call) {
    listener.closed(call.record(), null);
    return this;
  }

  Tracer applicationTracer() {
    return sdk.getTracer("application");
  }

  SpanData span() {
    List<SpanData> finished = spans.getFinishedSpanItems();
    if (finished.size() != 1) {
      throw new AssertionError("expected one span, got " + finished);
    }
    return finished.get(0);
  }

  LogRecordData event() {
    List<LogRecordData> finished = logs.getFinishedLogRecordItems();
    if (finished.size() != 1) {
      throw new AssertionError("expected one event, got " + finished);
    }
    return finished.get(0);
  }

  Map<String, MetricData> metrics() {
    return metrics.collectAllMetrics().stream()
        .collect(
            Collectors.toMap(MetricData::getName, metric -> metric, (a, b) -> b, TreeMap::new));
  }

  /** Points of a metric by their attributes as text; a histogram's point is its sum. */
  Map<String, Double> points(String metric) {
    Map<String, Double> points = new TreeMap<>();
    MetricData data = metrics().get(metric);
    if (data == null) {
      return points;
    }
    points(data).forEach(point -> points.put(text(point.getAttributes()), value(point)));
    return points;
  }

  private static Collection<? extends PointData> points(MetricData data) {
    return data.getData().getPoints();
  }

  private static double value(PointData point) {
    if (point instanceof HistogramPointData histogram) {
      return histogram.getSum();
    }
    if (point instanceof io.opentelemetry.sdk.metrics.data.LongPointData number) {
      return number.getValue();
    }
    return ((io.opentelemetry.sdk.metrics.data.DoublePointData) point).getValue();
  }

  /** {@code a=1 b=2}, by key. */
  static String text(Attributes attributes) {
    return attributes.asMap().entrySet().stream()
        .map(entry -> entry.getKey().getKey() + "=" + entry.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  @Override
  public void close() {
    listener.close();
    sdk.close();
  }

  private final class AtSpanEnd implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      if (collectAtSpanEnd) {
        metricsAtSpanEnd = Set.copyOf(metrics().keySet());
      }
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
