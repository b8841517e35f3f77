package io.tokenmeter.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.tokenmeter.engine.CallRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a call's metrics, each with a bounded number of values. Thread-safe. */
final class MetricAttributes {
  private static final int MAX_VALUES = 100;

  private final Map<AttributeKey<String>, ValueLimit> limits = new LinkedHashMap<>();
  private final Map<String, AttributeKey<String>> attribution = new LinkedHashMap<>();

  MetricAttributes() {
    limit(SemanticConventions.OPERATION_NAME);
    limit(SemanticConventions.PROVIDER_NAME);
    limit(SemanticConventions.REQUEST_MODEL);
    limit(SemanticConventions.RESPONSE_MODEL);
    limit(SemanticConventions.SERVER_ADDRESS);
    limit(SemanticConventions.ERROR_TYPE);
    for (String name : SemanticConventions.METRIC_ATTRIBUTION) {
      AttributeKey<String> key = AttributeKey.stringKey(name);
      limit(key);
      attribution.put(name, key);
    }
  }

  private void limit(AttributeKey<String> key) {
    limits.put(key, new ValueLimit(MAX_VALUES));
  }

  /** As the GenAI conventions list them, without {@code error.type}. */
  Attributes conventional(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    putCall(attributes, call);
    put(attributes, SemanticConventions.RESPONSE_MODEL, call.responseModel());
    if (!call.serverAddress().isEmpty()) {
      put(attributes, SemanticConventions.SERVER_ADDRESS, call.serverAddress());
      attributes.put(SemanticConventions.SERVER_PORT, (long) call.serverPort());
    }
    return attributes.build();
  }

  /** Which operation of which model, whoever pays. */
  Attributes model(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    putCall(attributes, call);
    return attributes.build();
  }

  /** Of our own metrics: which operation of which model, and who pays. */
  Attributes spending(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    putCall(attributes, call);
    attribution.forEach((name, key) -> put(attributes, key, call.attribution().get(name)));
    return attributes.build();
  }

  /** The same attributes with an error's type, if there is one. */
  Attributes withError(Attributes attributes, @Nullable String errorType) {
    if (errorType == null) {
      return attributes;
    }
    AttributesBuilder builder = attributes.toBuilder();
    put(builder, SemanticConventions.ERROR_TYPE, errorType);
    return builder.build();
  }

  private void putCall(AttributesBuilder attributes, CallRecord call) {
    put(attributes, SemanticConventions.OPERATION_NAME, call.operation());
    put(attributes, SemanticConventions.PROVIDER_NAME, call.provider());
    put(attributes, SemanticConventions.REQUEST_MODEL, call.requestModel());
  }

  private void put(AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
    ValueLimit limit = limits.get(key);
    if (limit != null && value != null && !value.isEmpty()) {
      attributes.put(key, limit.bound(value));
    }
  }
}
