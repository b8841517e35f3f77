package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.tokenmeter.api.Budget;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.Decision;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.prices.Cost;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What this process's calls spent of each budget, and what each budget said to them. Other
 * processes that share a budget count their own calls, so sums over processes are right.
 */
final class BudgetMetrics {
  private static final String ALLOW = "allow";
  private static final String WARN = "warn";
  private static final String DENY = "deny";

  private final Supplier<List<BudgetRule>> rules;
  private final DoubleCounter spend;
  private final LongCounter decisions;

  BudgetMetrics(Meter meter, Supplier<List<BudgetRule>> rules) {
    this.rules = rules;
    spend =
        meter
            .counterBuilder(SemanticConventions.BUDGET_SPEND)
            .ofDoubles()
            .setDescription("What this process's calls used of a budget: USD or tokens.")
            .build();
    decisions =
        meter
            .counterBuilder(SemanticConventions.BUDGET_DECISIONS)
            .setUnit("{call}")
            .setDescription("What a budget said to this process's calls.")
            .build();
    for (BudgetRule rule : rules.get()) {
      spend.add(0, spendAttributes(rule));
      for (String decision : List.of(ALLOW, WARN, DENY)) {
        decisions.add(0, decisionAttributes(rule.name(), decision));
      }
    }
  }

  void record(CallRecord call, Context context) {
    String refusedBy = call.budget();
    switch (call.decision()) {
      case UNMETERED -> {}
      case REFUSED -> {
        if (refusedBy != null) {
          decisions.add(1, decisionAttributes(refusedBy, DENY), context);
        }
      }
      case ADMITTED, OBSERVED -> {
        Map<String, String> keys = keys(call);
        for (BudgetRule rule : rules.get()) {
          if (matches(rule, keys)) {
            recordSent(rule, call, context);
          }
        }
      }
    }
  }

  private void recordSent(BudgetRule rule, CallRecord call, Context context) {
    boolean warned = call.decision() == Decision.OBSERVED && rule.name().equals(call.budget());
    decisions.add(1, decisionAttributes(rule.name(), warned ? WARN : ALLOW), context);
    Usage usage = call.usage();
    Cost cost = call.cost();
    if (rule.unit() == Budget.Unit.TOKENS && usage != null) {
      spend.add(usage.totalTokens(), spendAttributes(rule), context);
    } else if (rule.unit() == Budget.Unit.USD && cost != null) {
      spend.add(cost.nanoUsd() / 1e9, spendAttributes(rule), context);
    } else if (rule.unit() == Budget.Unit.CALLS && usage != null) {
      spend.add(1, spendAttributes(rule), context);
    }
  }

  private static Map<String, String> keys(CallRecord call) {
    Map<String, String> keys = new HashMap<>(call.attribution());
    keys.put("provider", call.provider());
    keys.put("model", call.requestModel());
    keys.put("operation", call.operation());
    return keys;
  }

  /** As {@link BudgetRule} defines it. */
  private static boolean matches(BudgetRule rule, Map<String, String> keys) {
    for (Map.Entry<String, String> condition : rule.match().entrySet()) {
      String value = keys.get(condition.getKey());
      String pattern = condition.getValue();
      boolean matches =
          pattern.endsWith("*")
              ? value != null && value.startsWith(pattern.substring(0, pattern.length() - 1))
              : pattern.equals(value);
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private static Attributes spendAttributes(BudgetRule rule) {
    return Attributes.of(
        SemanticConventions.BUDGET, rule.name(), SemanticConventions.UNIT, unit(rule.unit()));
  }

  private static Attributes decisionAttributes(String budget, String decision) {
    return Attributes.of(
        SemanticConventions.BUDGET, budget, SemanticConventions.DECISION, decision);
  }

  static String unit(Budget.Unit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }
}
