package io.tokenmeter.javaagent.telemetry;

import io.tokenmeter.engine.CallListener;
import io.tokenmeter.engine.CallRecord;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.alerts.AlertListener;
import io.tokenmeter.engine.alerts.BudgetAlert;
import io.tokenmeter.engine.attribution.AttributionSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends each call to the OpenTelemetry of the application that made it, where that application has
 * one, and else to the agent's own, where that one is on.
 */
final class TelemetryRouter implements CallListener, AlertListener, AttributionSource {
  private final ApplicationListeners applications;
  private final Supplier<@Nullable CallListener> own;
  private final Supplier<@Nullable CallListener> begunOwn;

  /**
   * @param own the agent's own listener, which is started where it is not running yet
   * @param begunOwn the same, but only if it is running
   */
  TelemetryRouter(
      ApplicationListeners applications,
      Supplier<@Nullable CallListener> own,
      Supplier<@Nullable CallListener> begunOwn) {
    this.applications = applications;
    this.own = own;
    this.begunOwn = begunOwn;
  }

  /**
   * An alert belongs to no call. It goes where this JVM's last call was told to: to the application
   * that spends.
   */
  @Override
  public boolean isReady() {
    return alertListener() != null;
  }

  @Override
  public void alert(BudgetAlert alert) {
    AlertListener listener = alertListener();
    if (listener != null) {
      listener.alert(alert);
    }
  }

  private @Nullable AlertListener alertListener() {
    if (applications.latest() instanceof AlertListener application) {
      return application;
    }
    return begunOwn.get() instanceof AlertListener agent ? agent : null;
  }

  private record Routed(CallListener listener, @Nullable Object captured) {}

  @Override
  public @Nullable Object opening(OutgoingCall call) {
    CallListener listener = listener(call);
    return listener == null ? null : new Routed(listener, listener.opening(call));
  }

  @Override
  public void closed(CallRecord record, @Nullable Object captured) {
    if (captured instanceof Routed routed) {
      routed.listener().closed(record, routed.captured());
    }
  }

  private @Nullable CallListener listener(OutgoingCall call) {
    CallListener application = applications.find(call.loader());
    return application == null ? own.get() : application;
  }

  /** The baggage of the application's own OpenTelemetry, or what the call's headers carry of it. */
  @Override
  public Map<String, String> attribution(OutgoingCall call) {
    return listener(call) instanceof AttributionSource baggage
        ? baggage.attribution(call)
        : Map.of();
  }
}
