package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.Decision;
import io.tokenmeter.engine.prices.Cost;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Our own counters of calls, tokens and money, over disjoint token classes so that any sum over
 * them is right. Money is a double here, as OpenTelemetry has it; the ledger has the exact figure.
 */
final class SpendMetrics {
  /** Why a call that was sent has no cost. */
  private enum Unpriced {
    UNMETERED("unmetered"),
    NO_USAGE("no_usage"),
    NO_PRICE("no_price");

    private final String label;

    Unpriced(String label) {
      this.label = label;
    }
  }

  private final DoubleCounter cost;
  private final LongCounter tokens;
  private final LongCounter calls;
  private final LongCounter unpriced;
  private final MetricAttributes metricAttributes;

  SpendMetrics(Meter meter, MetricAttributes metricAttributes) {
    this.metricAttributes = metricAttributes;
    cost =
        meter
            .counterBuilder(SemanticConventions.COST)
            .ofDoubles()
            .setUnit("{USD}")
            .setDescription("What calls cost, by token class; the ledger has the exact figure.")
            .build();
    tokens =
        meter
            .counterBuilder(SemanticConventions.TOKENS)
            .setUnit("{token}")
            .setDescription("Tokens that calls used, by disjoint token class.")
            .build();
    calls =
        meter
            .counterBuilder(SemanticConventions.CALLS)
            .setUnit("{call}")
            .setDescription("Calls to models, by what the budgets said.")
            .build();
    unpriced =
        meter
            .counterBuilder(SemanticConventions.CALLS_UNPRICED)
            .setUnit("{call}")
            .setDescription("Calls that were sent and whose cost is not known.")
            .build();
    for (Unpriced reason : Unpriced.values()) {
      unpriced.add(0, Attributes.of(SemanticConventions.REASON, reason.label));
    }
  }

  void record(CallRecord call, Context context) {
    Attributes attributes = metricAttributes.spending(call);
    calls.add(
        1,
        metricAttributes.withError(attributes, call.error()).toBuilder()
            .put(SemanticConventions.DECISION, call.decision().label())
            .build(),
        context);
    String source = call.usageReported() ? "provider" : "local";
    Usage usage = call.usage();
    if (usage != null) {
      recordTokens(usage, source, attributes, context);
    }
    Cost price = call.cost();
    if (price != null) {
      recordCost(price, source, attributes, context);
    } else {
      recordUnpriced(call, attributes, context);
    }
  }

  /** A class that is known to be zero starts its series: a rate over it then misses nothing. */
  private void recordTokens(Usage usage, String source, Attributes attributes, Context context) {
    for (TokenClass tokenClass : TokenClass.values()) {
      if (usage.isKnown(tokenClass)) {
        tokens.add(
            usage.tokens(tokenClass),
            attributes.toBuilder()
                .put(SemanticConventions.TOKEN_CLASS, tokenClass.label())
                .put(SemanticConventions.USAGE_SOURCE, source)
                .build(),
            context);
      }
    }
  }

  private void recordCost(Cost price, String source, Attributes attributes, Context context) {
    for (Map.Entry<TokenClass, Long> share : price.byClass().entrySet()) {
      cost.add(
          share.getValue() / 1e9,
          attributes.toBuilder()
              .put(SemanticConventions.TOKEN_CLASS, share.getKey().label())
              .put(SemanticConventions.COST_SOURCE, source)
              .build(),
          context);
    }
  }

  private void recordUnpriced(CallRecord call, Attributes attributes, Context context) {
    Unpriced reason = whyUnpriced(call);
    if (reason != null) {
      unpriced.add(
          1, attributes.toBuilder().put(SemanticConventions.REASON, reason.label).build(), context);
    }
  }

  /** Null where nothing was to pay: nothing was sent, or the provider said no. */
  private static @Nullable Unpriced whyUnpriced(CallRecord call) {
    if (!call.decision().wasSent()) {
      return null;
    }
    if (call.usage() != null) {
      return Unpriced.NO_PRICE;
    }
    if (call.httpStatus() >= 400) {
      return null;
    }
    return call.decision() == Decision.UNMETERED ? Unpriced.UNMETERED : Unpriced.NO_USAGE;
  }
}
