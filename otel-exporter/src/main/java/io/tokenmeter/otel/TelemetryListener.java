package io.tokenmeter.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.LoggerBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.TracerBuilder;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallListener;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.alerts.AlertListener;
import io.tokenmeter.engine.alerts.BudgetAlert;
import io.tokenmeter.engine.attribution.AttributionSource;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Turns call records into metrics, spans and events of one {@link OpenTelemetry}, be it the
 * application's or our own. Uses the OpenTelemetry API only.
 */
public final class TelemetryListener
    implements CallListener, AlertListener, AttributionSource, AutoCloseable {
  private final GenAiMetrics genAiMetrics;
  private final SpendMetrics spendMetrics;
  private final EstimationMetrics estimationMetrics;
  private final BudgetMetrics budgetMetrics;
  private final BudgetGauges budgetGauges;
  private final HealthMetrics healthMetrics;
  private final CallSpans spans;
  private final RefusalEvents refusals;
  private final AlertEvents alerts;
  private final BaggageAttribution baggage;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @throws IllegalArgumentException if the settings name unknown semantic conventions
   */
  TelemetryListener(OpenTelemetry openTelemetry, OtelSettings settings, MeterState state) {
    SemanticConventions conventions = SemanticConventions.of(settings.semconv());
    Meter meter = meter(openTelemetry, conventions, state.version());
    MetricAttributes metricAttributes = new MetricAttributes();
    genAiMetrics = new GenAiMetrics(meter, conventions, metricAttributes);
    spendMetrics = new SpendMetrics(meter, metricAttributes);
    estimationMetrics = new EstimationMetrics(meter, metricAttributes);
    budgetMetrics = new BudgetMetrics(meter, state.rules());
    budgetGauges = new BudgetGauges(meter, state.budgets());
    healthMetrics = new HealthMetrics(meter, state);
    spans = spans(openTelemetry, conventions, state.version());
    Logger logger = logger(openTelemetry, conventions, state.version());
    refusals = new RefusalEvents(logger);
    alerts = new AlertEvents(logger);
    baggage = new BaggageAttribution(settings.baggage());
  }

  private static Meter meter(
      OpenTelemetry openTelemetry, SemanticConventions conventions, String version) {
    MeterBuilder builder =
        openTelemetry.meterBuilder(SemanticConventions.SCOPE).setInstrumentationVersion(version);
    return conventions.schemaUrl.isEmpty()
        ? builder.build()
        : builder.setSchemaUrl(conventions.schemaUrl).build();
  }

  private static CallSpans spans(
      OpenTelemetry openTelemetry, SemanticConventions conventions, String version) {
    TracerBuilder builder =
        openTelemetry.tracerBuilder(SemanticConventions.SCOPE).setInstrumentationVersion(version);
    return new CallSpans(
        conventions.schemaUrl.isEmpty()
            ? builder.build()
            : builder.setSchemaUrl(conventions.schemaUrl).build(),
        conventions);
  }

  private static Logger logger(
      OpenTelemetry openTelemetry, SemanticConventions conventions, String version) {
    LoggerBuilder builder =
        openTelemetry
            .getLogsBridge()
            .loggerBuilder(SemanticConventions.SCOPE)
            .setInstrumentationVersion(version);
    return conventions.schemaUrl.isEmpty()
        ? builder.build()
        : builder.setSchemaUrl(conventions.schemaUrl).build();
  }

  /**
   * Captures the call's parent: the thread's current span or else, where no span of this
   * OpenTelemetry is current, the one that the call's {@code traceparent} header names.
   */
  @Override
  public Object opening(OutgoingCall call) {
    Context current = Context.current();
    if (Span.fromContext(current).getSpanContext().isValid()) {
      return current;
    }
    return W3CTraceContextPropagator.getInstance().extract(current, call, OutgoingHeaders.INSTANCE);
  }

  /** Who pays, as the call's baggage says. */
  @Override
  public Map<String, String> attribution(OutgoingCall call) {
    return baggage.attribution(call);
  }

  @Override
  public void closed(CallRecord call, @Nullable Object captured) {
    Context parent = captured instanceof Context ? (Context) captured : Context.root();
    Span span = spans.open(call, parent);
    try {
      Context context = parent.with(span);
      refusals.record(call, context);
      genAiMetrics.record(call, context);
      spendMetrics.record(call, context);
      estimationMetrics.record(call, context);
      budgetMetrics.record(call, context);
    } finally {
      CallSpans.end(span, call);
    }
  }

  @Override
  public void alert(BudgetAlert alert) {
    alerts.record(alert);
  }

  /** Ends the observation of budgets and health; what was recorded stays. Acts once. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      budgetGauges.close();
      healthMetrics.close();
    }
  }
}
