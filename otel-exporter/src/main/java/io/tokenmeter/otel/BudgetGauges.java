package io.tokenmeter.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.tokenmeter.api.Budget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How the budgets stand, read once for all five gauges when metrics are collected. Rows that differ
 * only in what metrics may not carry (users), and rows beyond a number, are added up into one
 * series.
 */
final class BudgetGauges implements AutoCloseable {
  private static final int MAX_SERIES = 300;

  /** Everything goes through this host's ledger; no budget is held elsewhere. */
  private static final String LOCAL_AUTHORITY = "local";

  private final Supplier<List<Budget>> budgets;
  private final ObservableDoubleMeasurement limit;
  private final ObservableDoubleMeasurement used;
  private final ObservableDoubleMeasurement reserved;
  private final ObservableDoubleMeasurement remaining;
  private final ObservableDoubleMeasurement resetTime;
  private final BatchCallback callback;

  BudgetGauges(Meter meter, Supplier<List<Budget>> budgets) {
    this.budgets = budgets;
    limit = gauge(meter, SemanticConventions.BUDGET_LIMIT, "", "The limit: USD or tokens.");
    used = gauge(meter, SemanticConventions.BUDGET_USED, "", "Settled in this window.");
    reserved = gauge(meter, SemanticConventions.BUDGET_RESERVED, "", "Held by running calls.");
    remaining =
        gauge(meter, SemanticConventions.BUDGET_REMAINING, "", "What a new call may reserve.");
    resetTime =
        gauge(
            meter, SemanticConventions.BUDGET_RESET_TIME, "s", "When the window ends, Unix time.");
    callback = meter.batchCallback(this::observe, limit, used, reserved, remaining, resetTime);
  }

  private static ObservableDoubleMeasurement gauge(
      Meter meter, String name, String unit, String description) {
    return meter.gaugeBuilder(name).setUnit(unit).setDescription(description).buildObserver();
  }

  /** Runs on the metric readers' threads, perhaps several at once; shares nothing. */
  private void observe() {
    Map<Attributes, Sums> series = new LinkedHashMap<>();
    for (Budget budget : budgets.get()) {
      Attributes own = attributes(budget, BudgetScope.masked(budget.scope()));
      Attributes key =
          series.size() < MAX_SERIES || series.containsKey(own)
              ? own
              : attributes(budget, ValueLimit.OTHER);
      series.computeIfAbsent(key, unseen -> new Sums()).add(budget);
    }
    series.forEach(this::record);
  }

  private static Attributes attributes(Budget budget, String scope) {
    return Attributes.builder()
        .put(SemanticConventions.BUDGET, budget.name())
        .put(SemanticConventions.SCOPE_OF_BUDGET, scope)
        .put(SemanticConventions.WINDOW, budget.window())
        .put(SemanticConventions.UNIT, BudgetMetrics.unit(budget.unit()))
        .put(SemanticConventions.AUTHORITY, LOCAL_AUTHORITY)
        .build();
  }

  private void record(Attributes attributes, Sums sums) {
    limit.record(sums.limit, attributes);
    used.record(sums.used, attributes);
    reserved.record(sums.reserved, attributes);
    remaining.record(sums.remaining, attributes);
    resetTime.record(sums.firstReset, attributes);
  }

  @Override
  public void close() {
    callback.close();
  }

  /** Rows of one series, in USD or tokens. */
  private static final class Sums {
    private double limit;
    private double used;
    private double reserved;
    private double remaining;
    private double firstReset = Double.POSITIVE_INFINITY;

    void add(Budget budget) {
      double perUnit = budget.unit() == Budget.Unit.USD ? 1e9 : 1;
      limit += budget.limit() / perUnit;
      used += budget.used() / perUnit;
      reserved += budget.reserved() / perUnit;
      remaining += budget.remaining() / perUnit;
      firstReset = Math.min(firstReset, budget.resetsAt().toEpochMilli() / 1e3);
    }
  }
}
