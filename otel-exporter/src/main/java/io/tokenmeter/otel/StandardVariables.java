package io.tokenmeter.otel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenTelemetry's standard settings that concern an SDK and not the meter, from a system property
 * ({@code otel.service.name}) or an environment variable ({@code OTEL_SERVICE_NAME}).
 *
 * @see <a
 *     href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">the
 *     specification</a>
 */
final class StandardVariables {
  private static final Logger log = LoggerFactory.getLogger(StandardVariables.class);
  private static final Duration DEFAULT_EXPORT_INTERVAL = Duration.ofSeconds(60);

  private final UnaryOperator<@Nullable String> properties;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * @param properties system properties by name, null where absent
   * @param environment environment variables by name, null where absent
   */
  StandardVariables(
      UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
    this.properties = properties;
    this.environment = environment;
  }

  /** {@code OTEL_SERVICE_NAME}; null if it is not set. */
  @Nullable String serviceName() {
    return get("OTEL_SERVICE_NAME");
  }

  /** {@code OTEL_RESOURCE_ATTRIBUTES}: {@code key=value,key=value}, values percent-encoded. */
  Map<String, String> resourceAttributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    String setting = get("OTEL_RESOURCE_ATTRIBUTES");
    if (setting == null) {
      return attributes;
    }
    for (String pair : setting.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        log.warn("OTEL_RESOURCE_ATTRIBUTES: expected key=value,key=value; left out one part");
      } else {
        attributes.put(pair.substring(0, equals).trim(), decoded(pair.substring(equals + 1)));
      }
    }
    return attributes;
  }

  /** {@code OTEL_METRIC_EXPORT_INTERVAL} in milliseconds; 60 seconds if it is not set. */
  Duration metricExportInterval() {
    String setting = get("OTEL_METRIC_EXPORT_INTERVAL");
    if (setting == null) {
      return DEFAULT_EXPORT_INTERVAL;
    }
    try {
      long millis = Long.parseLong(setting.trim());
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException notANumber) {
      // Said below.
    }
    log.warn(
        "OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds above 0, but is '{}';"
            + " exporting every {} s",
        setting,
        DEFAULT_EXPORT_INTERVAL.toSeconds());
    return DEFAULT_EXPORT_INTERVAL;
  }

  private static String decoded(String value) {
    try {
      // URLDecoder is for forms, where + is a space.
      return URLDecoder.decode(value.trim().replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return value.trim();
    }
  }

  private @Nullable String get(String variable) {
    String value = properties.apply(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
    if (value == null || value.isBlank()) {
      value = environment.apply(variable);
    }
    return value == null || value.isBlank() ? null : value;
  }
}
