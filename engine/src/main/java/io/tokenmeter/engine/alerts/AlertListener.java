package io.tokenmeter.engine.alerts;

/** Hears of alerts, on the meter's own thread. What it throws is swallowed and counted. */
@FunctionalInterface
public interface AlertListener {
  /** Whether an alert could be passed on now; otherwise another process may pass it on. */
  default boolean isReady() {
    return true;
  }

  void alert(BudgetAlert alert);
}
