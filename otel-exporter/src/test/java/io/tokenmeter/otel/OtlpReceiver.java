package io.tokenmeter.otel;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes OTLP over HTTP on loopback, as a collector does. */
final class OtlpReceiver implements AutoCloseable {
  final BlockingQueue<Metric> metrics = new LinkedBlockingQueue<>();
  final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
  final BlockingQueue<LogRecord> logs = new LinkedBlockingQueue<>();
  final List<Map<String, String>> resources = new CopyOnWriteArrayList<>();
  final List<String> apiKeys = new CopyOnWriteArrayList<>();
  final List<String> contentTypes = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/base/v1/metrics", this::takeMetrics);
    server.createContext("/base/v1/traces", this::takeTraces);
    server.createContext("/base/v1/logs", this::takeLogs);
    server.start();
  }

  String baseUrl() {
    return "http://localhost:" + server.getAddress().getPort() + "/base";
  }

  private void takeMetrics(HttpExchange exchange) throws IOException {
    var request = ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody());
    request
        .getResourceMetricsList()
        .forEach(
            resource -> {
              resources.add(text(resource.getResource()));
              resource
                  .getScopeMetricsList()
                  .forEach(scope -> metrics.addAll(scope.getMetricsList()));
            });
    answer(exchange);
  }

  private void takeTraces(HttpExchange exchange) throws IOException {
    var request = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
    request
        .getResourceSpansList()
        .forEach(
            resource -> {
              resources.add(text(resource.getResource()));
              resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
            });
    answer(exchange);
  }

  private void takeLogs(HttpExchange exchange) throws IOException {
    var request = ExportLogsServiceRequest.parseFrom(exchange.getRequestBody());
    request
        .getResourceLogsList()
        .forEach(
            resource ->
                resource
                    .getScopeLogsList()
                    .forEach(scope -> logs.addAll(scope.getLogRecordsList())));
    answer(exchange);
  }

  private void answer(HttpExchange exchange) throws IOException {
    apiKeys.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-api-key")));
    contentTypes.add(exchange.getRequestHeaders().getFirst("content-type"));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static Map<String, String> text(Resource resource) {
    Map<String, String> attributes = new TreeMap<>();
    for (KeyValue attribute : resource.getAttributesList()) {
      attributes.put(attribute.getKey(), attribute.getValue().getStringValue());
    }
    return attributes;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
