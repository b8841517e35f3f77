package io.tokenmeter.javaagent.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An application with its own OpenTelemetry calls a model inside a span of its own. */
public final class TracedCall {
  private static final byte[] ANSWER =
      """
      {"id":"chatcmpl-1","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop",
       "message":{"role":"assistant","content":"Hi"}}],
       "usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42}}"""
          .getBytes(UTF_8);

  private TracedCall() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    CountDownLatch exported = new CountDownLatch(1);
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    InMemoryMetricReader metrics = InMemoryMetricReader.create();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .addSpanProcessor(new Countdown(exported))
                    .build())
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();
    GlobalOpenTelemetry.set(sdk);
    Span parent = sdk.getTracer("application").spanBuilder("request").startSpan();
    try (Scope scope = parent.makeCurrent()) {
      call();
    }
    exported.await(30, TimeUnit.SECONDS);
    for (SpanData span : spans.getFinishedSpanItems()) {
      boolean child = span.getParentSpanId().equals(parent.getSpanContext().getSpanId());
      System.out.println("span=" + span.getName() + " " + span.getKind() + " child=" + child);
    }
    metrics.collectAllMetrics().forEach(metric -> System.out.println("metric=" + metric.getName()));
  }

  private static void call() throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("content-type", "application/json");
          exchange.sendResponseHeaders(200, ANSWER.length);
          exchange.getResponseBody().write(ANSWER);
          exchange.close();
        });
    server.start();
    String body =
        "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/chat/completions"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    List<String> lines =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofLines())
            .body()
            .toList();
    System.out.println("lines=" + lines.size());
    server.stop(0);
  }
}
