package io.tokenmeter.engine.alerts;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.BudgetAmount;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** An alert as a sentence. */
public final class AlertText {
  /** When a window ends that never does. */
  static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  private AlertText() {}

  public static String of(BudgetAlert alert) {
    if (alert instanceof BudgetAlert.ThresholdCrossed crossed) {
      return of(crossed);
    }
    return of((BudgetAlert.GrantExpiring) alert);
  }

  private static String of(BudgetAlert.ThresholdCrossed crossed) {
    Budget budget = crossed.budget();
    return "budget '%s'%s has used %d %% of its %s per %s: %s; it %s"
        .formatted(
            budget.name(),
            budget.scope().isEmpty() ? "" : " (" + budget.scope() + ")",
            crossed.percent(),
            new BudgetAmount(budget.unit(), budget.limit()),
            budget.window(),
            new BudgetAmount(budget.unit(), budget.used()),
            budget.resetsAt().equals(NEVER)
                ? "never resets"
                : "resets at " + seconds(budget.resetsAt()));
  }

  private static String of(BudgetAlert.GrantExpiring expiring) {
    return "grant '%s' of budget '%s' expires at %s with %s of %s left"
        .formatted(
            expiring.grant().id(),
            expiring.grant().budget(),
            seconds(expiring.grant().expires()),
            new BudgetAmount(expiring.grant().unit(), expiring.left()),
            new BudgetAmount(expiring.grant().unit(), expiring.grant().amount()));
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }
}
