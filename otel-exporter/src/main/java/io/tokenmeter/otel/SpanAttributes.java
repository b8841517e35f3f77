package io.tokenmeter.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.Intervention;
import io.tokenmeter.engine.prices.Cost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The attributes of a call's span and events. What is unknown is left out, never zero. */
final class SpanAttributes {
  private final SemanticConventions conventions;

  SpanAttributes(SemanticConventions conventions) {
    this.conventions = conventions;
  }

  /** What samplers may decide on; known before the call. */
  static Attributes atStart(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, SemanticConventions.OPERATION_NAME, call.operation());
    put(attributes, SemanticConventions.PROVIDER_NAME, call.provider());
    put(attributes, SemanticConventions.REQUEST_MODEL, call.requestModel());
    if (!call.serverAddress().isEmpty()) {
      attributes.put(SemanticConventions.SERVER_ADDRESS, call.serverAddress());
      attributes.put(SemanticConventions.SERVER_PORT, (long) call.serverPort());
    }
    return attributes.build();
  }

  /** The rest of what the GenAI conventions list. */
  Attributes conventional(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    attributes.put(SemanticConventions.REQUEST_STREAM, call.streaming());
    put(attributes, SemanticConventions.RESPONSE_ID, call.responseId());
    put(attributes, SemanticConventions.RESPONSE_MODEL, call.responseModel());
    if (!call.finishReasons().isEmpty()) {
      attributes.put(SemanticConventions.FINISH_REASONS, call.finishReasons());
    }
    Duration first = call.timeToFirstChunk();
    if (first != null) {
      attributes.put(SemanticConventions.RESPONSE_TIME_TO_FIRST_CHUNK, first.toNanos() / 1e9);
    }
    if (call.httpStatus() != 0) {
      attributes.put(SemanticConventions.HTTP_STATUS, (long) call.httpStatus());
    }
    UsageTotals totals = UsageTotals.of(call.usage());
    put(attributes, SemanticConventions.INPUT_TOKENS, totals.input());
    put(attributes, SemanticConventions.OUTPUT_TOKENS, totals.output());
    put(attributes, SemanticConventions.CACHE_READ_TOKENS, totals.cacheRead());
    put(attributes, conventions.cacheWriteTokens, totals.cacheWrite());
    put(attributes, SemanticConventions.REASONING_TOKENS, totals.reasoning());
    return attributes.build();
  }

  /** What only the meter knows: the decision, the money, who pays. */
  static Attributes own(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, SemanticConventions.SPAN_SEAM, call.seam());
    put(attributes, SemanticConventions.SPAN_DECISION, call.decision().label());
    put(attributes, SemanticConventions.SPAN_BUDGET, call.budget());
    Intervention intervention = call.intervention();
    put(attributes, SemanticConventions.SPAN_SENT_MODEL, intervention.sentModel());
    put(attributes, SemanticConventions.SPAN_SET_MAX_OUTPUT, intervention.maxOutputTokens());
    if (!intervention.waited().isZero()) {
      attributes.put(SemanticConventions.SPAN_WAITED, intervention.waited().toNanos() / 1e9);
    }
    put(attributes, SemanticConventions.SPAN_ESTIMATED_INPUT, call.estimatedInputTokens());
    if (call.usage() != null) {
      attributes.put(
          SemanticConventions.SPAN_USAGE_SOURCE, call.usageReported() ? "provider" : "local");
    }
    Cost cost = call.cost();
    if (cost != null) {
      attributes.put(SemanticConventions.SPAN_COST, cost.nanoUsd() / 1e9);
    }
    attributes.putAll(attribution(call));
    return attributes.build();
  }

  /** Who pays, users included. */
  static Attributes attribution(CallRecord call) {
    AttributesBuilder attributes = Attributes.builder();
    call.attribution()
        .forEach(
            (key, value) ->
                attributes.put(SemanticConventions.SPAN_ATTRIBUTION_PREFIX + key, value));
    return attributes.build();
  }

  /** Null if the call succeeded. */
  static @Nullable String errorType(CallRecord call) {
    if (call.error() == null && call.decision().isRefusal()) {
      return SemanticConventions.REFUSED_ERROR_TYPE;
    }
    return call.error();
  }

  private static void put(
      AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      attributes.put(key, value);
    }
  }

  private static void put(
      AttributesBuilder attributes, AttributeKey<Long> key, @Nullable Long value) {
    if (value != null) {
      attributes.put(key, value);
    }
  }
}
