package io.tokenmeter.engine.alerts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes alerts to the log: as warnings, from 80 % on. */
public final class LogAlerts implements AlertListener {
  private static final Logger LOG = LoggerFactory.getLogger("tokenmeter");
  private static final int WARN_FROM_PERCENT = 80;

  @Override
  public void alert(BudgetAlert alert) {
    if (alert instanceof BudgetAlert.ThresholdCrossed crossed
        && crossed.percent() < WARN_FROM_PERCENT) {
      LOG.info("tokenmeter: {}", AlertText.of(alert));
    } else {
      LOG.warn("tokenmeter: {}", AlertText.of(alert));
    }
  }
}
