package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.CallRecord;
import org.jspecify.annotations.Nullable;

/** Conventions 1.41: one histogram, split by {@code gen_ai.token.type}. */
final class TokenUsageHistogram implements TokenUsageMetrics {
  private final LongHistogram usage;

  TokenUsageHistogram(Meter meter) {
    usage =
        NewerApi.boundaries(
                meter
                    .histogramBuilder(SemanticConventions.TOKEN_USAGE)
                    .ofLongs()
                    .setUnit("{token}")
                    .setDescription("Number of input and output tokens used."),
                SemanticConventions.TOKEN_BOUNDARIES)
            .build();
  }

  @Override
  public void record(CallRecord call, Attributes attributes, Context context) {
    UsageTotals totals = UsageTotals.of(call.usage());
    record("input", totals.input(), attributes, context);
    record("output", totals.output(), attributes, context);
  }

  private void record(String type, @Nullable Long tokens, Attributes attributes, Context context) {
    if (tokens != null) {
      usage.record(
          tokens,
          attributes.toBuilder().put(SemanticConventions.TOKEN_TYPE, type).build(),
          context);
    }
  }
}
