package io.tokenmeter.otel;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A usage in the overlapping figures of the GenAI conventions: input includes what the cache read
 * and wrote, output includes reasoning. Null is unknown.
 */
record UsageTotals(
    @Nullable Long input,
    @Nullable Long output,
    @Nullable Long cacheRead,
    @Nullable Long cacheWrite,
    @Nullable Long reasoning) {

  private static final UsageTotals UNKNOWN = new UsageTotals(null, null, null, null, null);

  static UsageTotals of(@Nullable Usage usage) {
    if (usage == null) {
      return UNKNOWN;
    }
    return new UsageTotals(
        side(usage, true),
        side(usage, false),
        sum(usage, TokenClass.CACHE_READ),
        sum(usage, TokenClass.CACHE_WRITE_5M, TokenClass.CACHE_WRITE_1H),
        sum(usage, TokenClass.REASONING));
  }

  private static @Nullable Long side(Usage usage, boolean input) {
    for (TokenClass tokenClass : TokenClass.values()) {
      if (tokenClass.isInput() == input && usage.isKnown(tokenClass)) {
        return input ? usage.inputTokens() : usage.outputTokens();
      }
    }
    return null;
  }

  private static @Nullable Long sum(Usage usage, TokenClass... classes) {
    Long sum = null;
    for (TokenClass tokenClass : classes) {
      if (usage.isKnown(tokenClass)) {
        sum = (sum == null ? 0 : sum) + usage.tokens(tokenClass);
      }
    }
    return sum;
  }
}
