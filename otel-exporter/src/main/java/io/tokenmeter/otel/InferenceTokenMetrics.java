package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.CallRecord;
import org.jspecify.annotations.Nullable;

/**
 * Conventions after 1.41: counters of what was used, split by modality, and histograms of tokens
 * per call. They are for inference; embeddings have none.
 *
 * <p>Providers report audio apart and nothing else, so tokens are {@code audio} or {@code unknown}.
 * Where the conventions ask for a zero for a call of unknown usage, nothing is counted: a zero
 * would say that the call used none.
 */
final class InferenceTokenMetrics implements TokenUsageMetrics {
  private final LongCounter input;
  private final LongCounter output;
  private final LongCounter cacheRead;
  private final LongCounter cacheWrite;
  private final LongCounter reasoning;
  private final LongHistogram inputPerCall;
  private final LongHistogram outputPerCall;

  InferenceTokenMetrics(Meter meter) {
    input = counter(meter, SemanticConventions.USAGE_INPUT, "Input tokens, cached ones included.");
    output = counter(meter, SemanticConventions.USAGE_OUTPUT, "Output tokens, reasoning included.");
    cacheRead =
        counter(meter, SemanticConventions.USAGE_CACHE_READ, "Input tokens read from a cache.");
    cacheWrite =
        counter(meter, SemanticConventions.USAGE_CACHE_WRITE, "Input tokens written to a cache.");
    reasoning = counter(meter, SemanticConventions.USAGE_REASONING, "Reasoning tokens.");
    inputPerCall = histogram(meter, SemanticConventions.OPERATION_INPUT, "Input tokens of a call.");
    outputPerCall =
        histogram(meter, SemanticConventions.OPERATION_OUTPUT, "Output tokens of a call.");
  }

  private static LongCounter counter(Meter meter, String name, String description) {
    return meter.counterBuilder(name).setUnit("{token}").setDescription(description).build();
  }

  private static LongHistogram histogram(Meter meter, String name, String description) {
    return NewerApi.boundaries(
            meter.histogramBuilder(name).ofLongs().setUnit("{token}").setDescription(description),
            SemanticConventions.TOKEN_BOUNDARIES)
        .build();
  }

  @Override
  public void record(CallRecord call, Attributes attributes, Context context) {
    Usage usage = call.usage();
    if (usage == null || call.operation().equals("embeddings")) {
      return;
    }
    for (TokenClass tokenClass : TokenClass.values()) {
      if (usage.isKnown(tokenClass)) {
        Attributes withModality =
            attributes.toBuilder()
                .put(SemanticConventions.TOKEN_MODALITY, modality(tokenClass))
                .build();
        count(tokenClass, usage.tokens(tokenClass), withModality, context);
      }
    }
    UsageTotals totals = UsageTotals.of(usage);
    record(inputPerCall, totals.input(), attributes, context);
    record(outputPerCall, totals.output(), attributes, context);
  }

  private void count(TokenClass tokenClass, long tokens, Attributes attributes, Context context) {
    (tokenClass.isInput() ? input : output).add(tokens, attributes, context);
    switch (tokenClass) {
      case CACHE_READ -> cacheRead.add(tokens, attributes, context);
      case CACHE_WRITE_5M, CACHE_WRITE_1H -> cacheWrite.add(tokens, attributes, context);
      case REASONING -> reasoning.add(tokens, attributes, context);
      case UNCACHED_INPUT, AUDIO_INPUT, TOOL_INPUT, OUTPUT, AUDIO_OUTPUT -> {
        // Only part of a total.
      }
    }
  }

  private static String modality(TokenClass tokenClass) {
    return tokenClass == TokenClass.AUDIO_INPUT || tokenClass == TokenClass.AUDIO_OUTPUT
        ? "audio"
        : "unknown";
  }

  private static void record(
      LongHistogram histogram, @Nullable Long tokens, Attributes attributes, Context context) {
    if (tokens != null) {
      histogram.record(tokens, attributes, context);
    }
  }
}
