package io.tokenmeter.engine.alerts;

/**
 * Ways out for alerts. Each alert goes out once by each of them, of all processes of a host by one
 * that has somebody listening there: a process without webhooks does not take the webhook's alert
 * away from one that has them.
 */
public enum AlertChannel {
  /** The application's log. */
  LOG(0),
  /** An OpenTelemetry event. */
  TELEMETRY(1),
  /** HTTP posts. */
  WEBHOOK(2),
  /** Listeners of the application's own. */
  LISTENER(3);

  private final int number;

  AlertChannel(int number) {
    this.number = number;
  }

  /** Its number in the ledger's rows. Never changes. */
  int number() {
    return number;
  }
}
