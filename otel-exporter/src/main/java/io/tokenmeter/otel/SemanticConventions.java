package io.tokenmeter.otel;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * Every name that is emitted. The constants are the same in all versions; what the GenAI
 * conventions renamed after 1.41, the last version inside the OpenTelemetry core repository, stands
 * in the enum's fields. Source of {@link #NEXT}: {@code open-telemetry/semantic-conventions-genai},
 * its migration guide.
 */
enum SemanticConventions {
  V1_41(
      "1.41",
      "https://opentelemetry.io/schemas/1.41.0",
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.operation.time_per_output_chunk",
      "gen_ai.usage.cache_creation.input_tokens"),
  NEXT(
      "next",
      "",
      "gen_ai.client.inference.duration",
      "gen_ai.client.inference.time_to_first_chunk",
      "gen_ai.client.inference.time_per_output_chunk",
      "gen_ai.usage.cache_write.input_tokens");

  static final String SCOPE = "io.tokenmeter";

  // GenAI metrics. Duration of operations other than inference keeps its name in NEXT.
  static final String OPERATION_DURATION = "gen_ai.client.operation.duration";
  // Only in 1.41.
  static final String TOKEN_USAGE = "gen_ai.client.token.usage";
  // Only in NEXT.
  static final String USAGE_INPUT = "gen_ai.client.inference.usage.input_tokens";
  static final String USAGE_OUTPUT = "gen_ai.client.inference.usage.output_tokens";
  static final String USAGE_CACHE_READ = "gen_ai.client.inference.usage.cache_read.input_tokens";
  static final String USAGE_CACHE_WRITE = "gen_ai.client.inference.usage.cache_write.input_tokens";
  static final String USAGE_REASONING = "gen_ai.client.inference.usage.reasoning.output_tokens";
  static final String OPERATION_INPUT = "gen_ai.client.inference.operation.input_tokens";
  static final String OPERATION_OUTPUT = "gen_ai.client.inference.operation.output_tokens";

  // Our own metrics.
  static final String COST = "tokenmeter.cost";
  static final String TOKENS = "tokenmeter.tokens";
  static final String CALLS = "tokenmeter.calls";
  static final String CALLS_UNPRICED = "tokenmeter.calls.unpriced";
  static final String BUDGET_SPEND = "tokenmeter.budget.spend";
  static final String BUDGET_DECISIONS = "tokenmeter.budget.decisions";
  static final String BUDGET_LIMIT = "tokenmeter.budget.limit";
  static final String BUDGET_USED = "tokenmeter.budget.used";
  static final String BUDGET_RESERVED = "tokenmeter.budget.reserved";
  static final String BUDGET_REMAINING = "tokenmeter.budget.remaining";
  static final String BUDGET_RESET_TIME = "tokenmeter.budget.reset_time";
  static final String ESTIMATION_ERROR = "tokenmeter.estimation.error";
  static final String PRICE_TABLE_AGE = "tokenmeter.pricetable.age";
  static final String INTERNAL_ERRORS = "tokenmeter.internal.errors";

  static final String BUDGET_REFUSED_EVENT = "tokenmeter.budget.refused";
  static final String BUDGET_THRESHOLD_EVENT = "tokenmeter.budget.threshold";
  static final String GRANT_EXPIRING_EVENT = "tokenmeter.grant.expiring";

  /** {@code error.type} of a call that a budget refused. */
  static final String REFUSED_ERROR_TYPE = "tokenmeter.budget.refused";

  // Attributes of the conventions, on metrics and spans.
  static final AttributeKey<String> OPERATION_NAME = stringKey("gen_ai.operation.name");
  static final AttributeKey<String> PROVIDER_NAME = stringKey("gen_ai.provider.name");
  static final AttributeKey<String> REQUEST_MODEL = stringKey("gen_ai.request.model");
  static final AttributeKey<String> RESPONSE_MODEL = stringKey("gen_ai.response.model");
  static final AttributeKey<String> SERVER_ADDRESS = stringKey("server.address");
  static final AttributeKey<Long> SERVER_PORT = longKey("server.port");
  static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");
  static final AttributeKey<String> TOKEN_TYPE = stringKey("gen_ai.token.type");
  static final AttributeKey<String> TOKEN_MODALITY = stringKey("gen_ai.token.modality");

  // Attributes of the conventions, on spans.
  static final AttributeKey<Boolean> REQUEST_STREAM = booleanKey("gen_ai.request.stream");
  static final AttributeKey<String> RESPONSE_ID = stringKey("gen_ai.response.id");
  static final AttributeKey<List<String>> FINISH_REASONS =
      stringArrayKey("gen_ai.response.finish_reasons");
  static final AttributeKey<Double> RESPONSE_TIME_TO_FIRST_CHUNK =
      doubleKey("gen_ai.response.time_to_first_chunk");
  static final AttributeKey<Long> INPUT_TOKENS = longKey("gen_ai.usage.input_tokens");
  static final AttributeKey<Long> OUTPUT_TOKENS = longKey("gen_ai.usage.output_tokens");
  static final AttributeKey<Long> CACHE_READ_TOKENS =
      longKey("gen_ai.usage.cache_read.input_tokens");
  static final AttributeKey<Long> REASONING_TOKENS =
      longKey("gen_ai.usage.reasoning.output_tokens");
  static final AttributeKey<Long> HTTP_STATUS = longKey("http.response.status_code");

  // Our own attributes, on spans and events.
  static final AttributeKey<String> SPAN_DECISION = stringKey("tokenmeter.decision");
  static final AttributeKey<String> SPAN_BUDGET = stringKey("tokenmeter.budget");
  static final AttributeKey<String> SPAN_SENT_MODEL = stringKey("tokenmeter.sent.model");
  static final AttributeKey<Long> SPAN_SET_MAX_OUTPUT =
      longKey("tokenmeter.sent.max_output_tokens");
  static final AttributeKey<Double> SPAN_WAITED = doubleKey("tokenmeter.budget.waited");
  static final AttributeKey<String> SPAN_SEAM = stringKey("tokenmeter.seam");
  static final AttributeKey<Double> SPAN_COST = doubleKey("tokenmeter.cost");
  static final AttributeKey<String> SPAN_USAGE_SOURCE = stringKey("tokenmeter.usage.source");
  static final AttributeKey<Long> SPAN_ESTIMATED_INPUT =
      longKey("tokenmeter.usage.estimated_input_tokens");
  static final String SPAN_ATTRIBUTION_PREFIX = "tokenmeter.attribution.";
  static final AttributeKey<String> EVENT_NAME = stringKey("event.name");

  // Our own attributes, on our own events.
  static final AttributeKey<String> EVENT_BUDGET_SCOPE = stringKey("tokenmeter.budget.scope");
  static final AttributeKey<String> EVENT_BUDGET_WINDOW = stringKey("tokenmeter.budget.window");
  static final AttributeKey<String> EVENT_BUDGET_UNIT = stringKey("tokenmeter.budget.unit");
  static final AttributeKey<Long> EVENT_THRESHOLD = longKey("tokenmeter.budget.threshold");
  static final AttributeKey<Double> EVENT_BUDGET_LIMIT = doubleKey("tokenmeter.budget.limit");
  static final AttributeKey<Double> EVENT_BUDGET_USED = doubleKey("tokenmeter.budget.used");
  static final AttributeKey<String> EVENT_GRANT = stringKey("tokenmeter.grant");
  static final AttributeKey<Double> EVENT_GRANT_LEFT = doubleKey("tokenmeter.grant.left");
  static final AttributeKey<Long> EVENT_GRANT_EXPIRES = longKey("tokenmeter.grant.expires");

  // Our own attributes, on our own metrics.
  static final AttributeKey<String> TOKEN_CLASS = stringKey("token.class");
  static final AttributeKey<String> COST_SOURCE = stringKey("cost.source");
  static final AttributeKey<String> USAGE_SOURCE = stringKey("usage.source");
  static final AttributeKey<String> DECISION = stringKey("decision");
  static final AttributeKey<String> REASON = stringKey("reason");
  static final AttributeKey<String> DIRECTION = stringKey("direction");
  static final AttributeKey<String> BUDGET = stringKey("budget");
  static final AttributeKey<String> SCOPE_OF_BUDGET = stringKey("scope");
  static final AttributeKey<String> WINDOW = stringKey("window");
  static final AttributeKey<String> UNIT = stringKey("unit");
  static final AttributeKey<String> AUTHORITY = stringKey("authority");

  /**
   * The attribution keys that metrics carry; all others, users above all, have too many values for
   * metrics and go to spans and events only.
   */
  static final List<String> METRIC_ATTRIBUTION = List.of("org", "team", "project", "service");

  /** Boundaries of token histograms: 4^0 to 4^13. */
  static final List<Long> TOKEN_BOUNDARIES =
      List.of(
          1L, 4L, 16L, 64L, 256L, 1024L, 4096L, 16384L, 65536L, 262144L, 1048576L, 4194304L,
          16777216L, 67108864L);

  /** Boundaries of relative errors; the first bucket has what is exact. */
  static final List<Double> ERROR_BOUNDARIES =
      List.of(0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0);

  /** Boundaries of duration histograms, in seconds: 0.01 x 2^n. */
  static final List<Double> SECONDS_BOUNDARIES =
      List.of(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);

  private final String version;
  final String schemaUrl;
  final String duration;
  final String timeToFirstChunk;
  final String timePerOutputChunk;
  final AttributeKey<Long> cacheWriteTokens;

  SemanticConventions(
      String version,
      String schemaUrl,
      String duration,
      String timeToFirstChunk,
      String timePerOutputChunk,
      String cacheWriteTokens) {
    this.version = version;
    this.schemaUrl = schemaUrl;
    this.duration = duration;
    this.timeToFirstChunk = timeToFirstChunk;
    this.timePerOutputChunk = timePerOutputChunk;
    this.cacheWriteTokens = longKey(cacheWriteTokens);
  }

  /**
   * The conventions of a setting.
   *
   * @throws IllegalArgumentException if there is no such version
   */
  static SemanticConventions of(String version) {
    for (SemanticConventions conventions : values()) {
      if (conventions.version.equals(version)) {
        return conventions;
      }
    }
    throw new IllegalArgumentException(
        "otel.semconv must be 1.41 or next, but is '" + version + "'");
  }
}
