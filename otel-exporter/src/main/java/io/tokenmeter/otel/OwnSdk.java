package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporterBuilder;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * An OpenTelemetry SDK of our own, exporting over OTLP/HTTP with the JDK's client, for applications
 * that have none. Exports run on daemon threads; an endpoint that is down costs the application
 * nothing. The only class that knows the SDK.
 */
public final class OwnSdk implements AutoCloseable {
  private static final Duration FLUSH_TIME = Duration.ofSeconds(5);

  private final OpenTelemetrySdk sdk;
  private final TelemetryListener listener;
  private final Duration flushTime;

  private OwnSdk(OpenTelemetrySdk sdk, TelemetryListener listener, Duration flushTime) {
    this.sdk = sdk;
    this.listener = listener;
    this.flushTime = flushTime;
  }

  /**
   * Starts exporting.
   *
   * @param settings with an endpoint, the base URL to which {@code /v1/traces} and so on are added
   * @param serviceName where {@code OTEL_SERVICE_NAME} does not say otherwise
   * @param version the meter's own version
   * @param budgets every budget as it stands; asked on the metric reader's thread
   * @param rules the configured budgets
   * @param priceTableAgeSeconds since the day whose prices the table has
   * @param internalErrors faults inside the meter since the start
   * @throws IllegalArgumentException if the endpoint is missing or no HTTP URL, or the settings
   *     name unknown semantic conventions
   */
  public static OwnSdk start(
      OtelSettings settings,
      String serviceName,
      String version,
      Supplier<List<Budget>> budgets,
      Supplier<List<BudgetRule>> rules,
      LongSupplier priceTableAgeSeconds,
      LongSupplier internalErrors) {
    return start(
        settings,
        serviceName,
        new MeterState(version, budgets, rules, priceTableAgeSeconds, internalErrors),
        new StandardVariables(System::getProperty, System::getenv),
        FLUSH_TIME);
  }

  static OwnSdk start(
      OtelSettings settings,
      String serviceName,
      MeterState state,
      StandardVariables variables,
      Duration flushTime) {
    // Before the SDK starts its threads: the one setting that the listener may reject.
    SemanticConventions.of(settings.semconv());
    OpenTelemetrySdk sdk =
        sdk(settings, resource(serviceName, state.version(), variables), variables);
    return new OwnSdk(sdk, new TelemetryListener(sdk, settings, state), flushTime);
  }

  private static OpenTelemetrySdk sdk(
      OtelSettings settings, Resource resource, StandardVariables variables) {
    OtlpHttpSpanExporterBuilder spans =
        OtlpHttpSpanExporter.builder().setEndpoint(endpoint(settings, "traces"));
    OtlpHttpMetricExporterBuilder metrics =
        OtlpHttpMetricExporter.builder().setEndpoint(endpoint(settings, "metrics"));
    OtlpHttpLogRecordExporterBuilder logs =
        OtlpHttpLogRecordExporter.builder().setEndpoint(endpoint(settings, "logs"));
    settings
        .headers()
        .forEach(
            (name, value) -> {
              spans.addHeader(name, value);
              metrics.addHeader(name, value);
              logs.addHeader(name, value);
            });
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                .addSpanProcessor(BatchSpanProcessor.builder(spans.build()).build())
                .build())
        .setMeterProvider(
            SdkMeterProvider.builder()
                .setResource(resource)
                .registerMetricReader(
                    PeriodicMetricReader.builder(metrics.build())
                        .setInterval(variables.metricExportInterval())
                        .build())
                .build())
        .setLoggerProvider(
            SdkLoggerProvider.builder()
                .setResource(resource)
                .addLogRecordProcessor(BatchLogRecordProcessor.builder(logs.build()).build())
                .build())
        .build();
  }

  private static String endpoint(OtelSettings settings, String signal) {
    String base =
        settings
            .endpoint()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "otel.endpoint is not set; expected the base URL of an OTLP/HTTP receiver,"
                            + " such as http://localhost:4318"));
    return (base.endsWith("/") ? base : base + "/") + "v1/" + signal;
  }

  private static Resource resource(
      String serviceName, String version, StandardVariables variables) {
    AttributesBuilder attributes = Attributes.builder();
    attributes.put("service.name", serviceName);
    // Two JVMs of one service are two series; without this they would overwrite each other.
    attributes.put("service.instance.id", UUID.randomUUID().toString());
    attributes.put("process.pid", ProcessHandle.current().pid());
    attributes.put("telemetry.distro.name", "tokenmeter");
    attributes.put("telemetry.distro.version", version);
    variables.resourceAttributes().forEach(attributes::put);
    String standardName = variables.serviceName();
    if (standardName != null) {
      attributes.put("service.name", standardName);
    }
    return Resource.getDefault().merge(Resource.create(attributes.build()));
  }

  /** Records calls into this SDK. */
  public TelemetryListener listener() {
    return listener;
  }

  /**
   * Sends what is left and stops. Takes five seconds at most: what the SDK itself waits for adds up
   * to more, so it shuts down on a daemon thread that is left behind if it must.
   */
  @Override
  public void close() {
    Thread shutdown = new Thread(this::shutDown, "tokenmeter-otel-shutdown");
    shutdown.setDaemon(true);
    shutdown.start();
    try {
      shutdown.join(flushTime.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    listener.close();
  }

  private void shutDown() {
    sdk.shutdown().join(flushTime.toMillis(), TimeUnit.MILLISECONDS);
  }
}
