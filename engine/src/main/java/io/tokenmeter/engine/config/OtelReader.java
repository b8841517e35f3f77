package io.tokenmeter.engine.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code otel}, with OpenTelemetry's own variables as defaults of the exporter. */
final class OtelReader {
  private static final String ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";
  private static final Map<String, String> SEMCONV = new LinkedHashMap<>();
  private static final Map<String, String> DEFAULT_BAGGAGE = new LinkedHashMap<>();

  static {
    SEMCONV.put("1.41", "1.41");
    SEMCONV.put("next", "next");
    for (String key : List.of("org", "team", "project", "service", "user", "session")) {
      DEFAULT_BAGGAGE.put("tokenmeter." + key, key);
    }
  }

  private OtelReader() {}

  /** Lays OpenTelemetry's variables under what the user set for tokenmeter. */
  static void overlay(Setting.Table root, Map<String, String> environment, Problems problems) {
    Setting below = root.entries().get("otel");
    Setting.Table otel =
        below instanceof Setting.Table table ? table : Setting.Table.empty(root.place());
    inherit(otel, "endpoint", ENDPOINT_VARIABLE, environment, problems);
    inherit(otel, "headers", HEADERS_VARIABLE, environment, problems);
    if (below == null && !otel.entries().isEmpty()) {
      root.entries().put("otel", otel);
    }
  }

  /** They are not ours, so what cannot be used of them is no error of this configuration. */
  private static void inherit(
      Setting.Table otel,
      String key,
      String variable,
      Map<String, String> environment,
      Problems problems) {
    String value = environment.getOrDefault(variable, "");
    if (!value.isEmpty() && !otel.entries().containsKey(key)) {
      Place place = new Place("environment variable " + variable, 0);
      try {
        if (key.equals("endpoint")) {
          Values.httpUrl(value);
        } else {
          headerList(value);
        }
      } catch (IllegalArgumentException unfit) {
        problems.warning(place, "otel." + key, "cannot be used and is ignored");
        return;
      }
      otel.entries().put(key, new Setting.Scalar(value, place));
    }
  }

  static OtelSettings read(Section otel) {
    OtelSettings settings =
        new OtelSettings(
            otel.value("enabled", true, Values::flag),
            otel.optional("endpoint", Values::httpUrl),
            otel.value("semconv", "1.41", Values.word(SEMCONV)),
            headers(otel),
            otel.has("baggage")
                ? otel.section("baggage")
                    .rest((section, key) -> section.optional(key, AttributionReader::key))
                : DEFAULT_BAGGAGE);
    otel.refuseUnknownKeys();
    return settings;
  }

  private static Map<String, String> headers(Section otel) {
    if (otel.isTable("headers")) {
      return otel.section("headers")
          .rest((section, key) -> section.secret(key, Values.text("a header's value", 8192)));
    }
    return otel.secret("headers", OtelReader::headerList).orElse(Map.of());
  }

  /** The form of {@code OTEL_EXPORTER_OTLP_HEADERS}: {@code key=value,key=value}, URL-encoded. */
  private static Map<String, String> headerList(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String pair : text.split(",")) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("expected headers such as key=value,key2=value2");
      }
      String value = pair.substring(equals + 1).strip();
      headers.put(
          pair.substring(0, equals).strip(), URLDecoder.decode(value.replace("+", "%2B"), UTF_8));
    }
    return headers;
  }
}
