package io.tokenmeter.otel;

import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.alerts.AlertText;
import io.tokenmeter.engine.alerts.BudgetAlert;
import io.tokenmeter.engine.budgets.Grant;

/** A log event for every alert about a budget. They belong to no call and so to no trace. */
final class AlertEvents {
  private static final int WARN_FROM_PERCENT = 80;
  private static final double NANO = 1e9;

  private final Logger logger;

  AlertEvents(Logger logger) {
    this.logger = logger;
  }

  void record(BudgetAlert alert) {
    if (alert instanceof BudgetAlert.ThresholdCrossed crossed) {
      record(crossed);
    } else {
      record((BudgetAlert.GrantExpiring) alert);
    }
  }

  private void record(BudgetAlert.ThresholdCrossed crossed) {
    Budget budget = crossed.budget();
    event(SemanticConventions.BUDGET_THRESHOLD_EVENT, crossed)
        .setSeverity(crossed.percent() < WARN_FROM_PERCENT ? Severity.INFO : Severity.WARN)
        .setAttribute(SemanticConventions.SPAN_BUDGET, budget.name())
        .setAttribute(SemanticConventions.EVENT_BUDGET_SCOPE, budget.scope())
        .setAttribute(SemanticConventions.EVENT_BUDGET_WINDOW, budget.window())
        .setAttribute(SemanticConventions.EVENT_BUDGET_UNIT, BudgetMetrics.unit(budget.unit()))
        .setAttribute(SemanticConventions.EVENT_THRESHOLD, (long) crossed.percent())
        .setAttribute(SemanticConventions.EVENT_BUDGET_LIMIT, amount(budget.unit(), budget.limit()))
        .setAttribute(SemanticConventions.EVENT_BUDGET_USED, amount(budget.unit(), budget.used()))
        .emit();
  }

  private void record(BudgetAlert.GrantExpiring expiring) {
    Grant grant = expiring.grant();
    event(SemanticConventions.GRANT_EXPIRING_EVENT, expiring)
        .setSeverity(Severity.WARN)
        .setAttribute(SemanticConventions.SPAN_BUDGET, grant.budget())
        .setAttribute(SemanticConventions.EVENT_BUDGET_UNIT, BudgetMetrics.unit(grant.unit()))
        .setAttribute(SemanticConventions.EVENT_GRANT, grant.id())
        .setAttribute(SemanticConventions.EVENT_GRANT_LEFT, amount(grant.unit(), expiring.left()))
        .setAttribute(SemanticConventions.EVENT_GRANT_EXPIRES, grant.expires().getEpochSecond())
        .emit();
  }

  private LogRecordBuilder event(String name, BudgetAlert alert) {
    return NewerApi.eventName(logger.logRecordBuilder(), name)
        .setContext(Context.root())
        .setTimestamp(alert.time())
        .setBody(AlertText.of(alert));
  }

  private static double amount(Budget.Unit unit, long amount) {
    return unit == Budget.Unit.USD ? amount / NANO : amount;
  }
}
