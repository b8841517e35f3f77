package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnSdkTest {
  private static final MeterState STATE =
      new MeterState("0.1.0", List::of, List::of, () -> 60, () -> 0);
  // Enough for loopback; only the tests without an answer wait for all of it.
  private static final Duration FLUSH_TIME = Duration.ofSeconds(2);
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

  @Test
  void close_afterACall_hasSentItsMetricsSpanAndEvent() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      OwnSdk sdk = start(settings(receiver.baseUrl()), Map.of());
      sdk.listener().closed(TestCall.refusedBy("team-month").record(), null);
      sdk.close();

      assertThat(receiver.spans).extracting(Span::getName).containsExactly("chat gpt-4o");
      assertThat(receiver.logs)
          .extracting(LogRecord::getEventName)
          .containsExactly("tokenmeter.budget.refused");
      assertThat(receiver.metrics)
          .extracting(Metric::getName)
          .contains("tokenmeter.calls", "tokenmeter.pricetable.age");
      assertThat(receiver.apiKeys).containsOnly("secret");
      assertThat(receiver.contentTypes).containsOnly("application/x-protobuf");
    }
  }

  @Test
  void export_onlyTraceparentHeader_spanIsItsChild() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      OwnSdk sdk = start(settings(receiver.baseUrl()), Map.of());
      call(sdk, "00-" + TRACE_ID + "-b7ad6b7169203331-01");
      call(sdk, "00-" + TRACE_ID + "-00f067aa0ba902b7-00");
      sdk.close();

      assertThat(receiver.spans)
          .singleElement()
          .satisfies(
              span -> {
                assertThat(hex(span.getTraceId())).isEqualTo(TRACE_ID);
                assertThat(hex(span.getParentSpanId())).isEqualTo("b7ad6b7169203331");
              });
    }
  }

  @Test
  void export_interval_isTheStandardVariables() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver();
        OwnSdk sdk =
            start(settings(receiver.baseUrl()), Map.of("OTEL_METRIC_EXPORT_INTERVAL", "20"))) {
      sdk.listener().closed(TestCall.chat().record(), null);

      Metric metric;
      do {
        metric = receiver.metrics.poll(20, TimeUnit.SECONDS);
        assertThat(metric).as("a metric, sent long before the default interval").isNotNull();
      } while (!metric.getName().equals("tokenmeter.tokens"));
      assertThat(metric.getSum().getIsMonotonic()).isTrue();
    }
  }

  @Test
  void start_onAThreadWithTheApplicationsLoader_findsItsSender() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      OwnSdk sdk = start(settings(receiver.baseUrl()), Map.of());
      sdk.listener().closed(TestCall.chat().record(), null);
      sdk.close();

      assertThat(receiver.spans).hasSize(1);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void resource_standardVariables_overlayOurs() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      start(settings(receiver.baseUrl()), Map.of()).close();
      assertThat(receiver.resources.get(0))
          .containsEntry("service.name", "main-class")
          .containsEntry("telemetry.distro.name", "tokenmeter")
          .containsEntry("telemetry.sdk.language", "java")
          .containsKeys("service.instance.id", "process.pid");

      receiver.resources.clear();
      start(
              settings(receiver.baseUrl() + "/"),
              Map.of(
                  "OTEL_SERVICE_NAME", "checkout",
                  "OTEL_RESOURCE_ATTRIBUTES", "service.name=x,deployment.environment.name=prod"))
          .close();
      assertThat(receiver.resources.get(0))
          .containsEntry("service.name", "checkout")
          .containsEntry("deployment.environment.name", "prod");
    }
  }

  @Test
  void threads_ofTheSdk_areDaemons() throws Exception {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    try (OtlpReceiver receiver = new OtlpReceiver();
        OwnSdk sdk =
            start(settings(receiver.baseUrl()), Map.of("OTEL_METRIC_EXPORT_INTERVAL", "20"))) {
      assertThat(receiver.metrics.poll(20, TimeUnit.SECONDS)).isNotNull();

      Set<Thread> started = new HashSet<>(Thread.getAllStackTraces().keySet());
      started.removeAll(before);
      // The receiver is part of the test and has a thread of its own, not a daemon.
      started.removeIf(thread -> thread.getName().startsWith("HTTP-Dispatcher"));
      assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);
    }
  }

  @Test
  void endpointDown_callsAndClose_goOn() throws Exception {
    OwnSdk sdk =
        start(
            settings("http://localhost:" + unusedPort()),
            Map.of("OTEL_METRIC_EXPORT_INTERVAL", "20"));
    for (int i = 0; i < 5_000; i++) {
      sdk.listener().closed(TestCall.refusedBy("b").record(), null);
    }
    long start = System.nanoTime();
    sdk.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(FLUSH_TIME.multipliedBy(2));
  }

  @Test
  void endpointThatNeverAnswers_close_isBounded() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OwnSdk sdk = start(settings("http://localhost:" + silent.getLocalPort()), Map.of());
      sdk.listener().closed(TestCall.chat().record(), null);
      long start = System.nanoTime();
      sdk.close();

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(FLUSH_TIME.multipliedBy(2));
      try (Socket contacted = silent.accept()) {
        assertThat(contacted.isConnected()).isTrue();
      }
    }
  }

  @Test
  void start_withoutEndpoint_saysWhatToSet() {
    assertThatThrownBy(() -> start(TestTelemetry.SETTINGS, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("otel.endpoint")
        .hasMessageContaining("http://localhost:4318");
  }

  @Test
  void start_endpointThatIsNoUrl_isRejected() {
    assertThatThrownBy(() -> start(settings("not a url"), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static OwnSdk start(OtelSettings settings, Map<String, String> environment) {
    return OwnSdk.start(
        settings,
        "main-class",
        STATE,
        new StandardVariables(name -> null, environment::get),
        FLUSH_TIME);
  }

  private static OtelSettings settings(String endpoint) {
    return new OtelSettings(
        true, Optional.of(endpoint), "1.41", Map.of("x-api-key", "secret"), Map.of());
  }

  private static void call(OwnSdk sdk, String traceparent) {
    Object captured = sdk.listener().opening(TestCall.outgoing(Map.of("traceparent", traceparent)));
    sdk.listener().closed(TestCall.chat().record(), captured);
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
