package io.tokenmeter.javaagent.telemetry;

import io.tokenmeter.engine.CallListener;
import io.tokenmeter.engine.Engine;
import io.tokenmeter.engine.EngineLauncher;
import io.tokenmeter.engine.alerts.AlertChannel;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import io.tokenmeter.javaagent.loading.Apart;
import io.tokenmeter.javaagent.loading.SeamClassLoader;
import io.tokenmeter.otel.OwnSdk;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects an engine with OpenTelemetry. */
public final class Telemetry {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");
  private static final String BRIDGING = "io.tokenmeter.otel.ApplicationTelemetry";

  private final Engine engine;
  private final OtelSettings settings;
  private final ClassLoader agentLoader;
  private volatile @Nullable CallListener own;
  private volatile boolean ownBegun;

  private Telemetry(Engine engine, ClassLoader agentLoader) {
    this.engine = engine;
    this.settings = engine.configuration().otel();
    this.agentLoader = agentLoader;
  }

  /** Has every call of the engine reported, unless the configuration says otherwise. */
  public static void connect(Engine engine, LongSupplier nanoTicker) {
    if (!engine.configuration().otel().enabled()) {
      return;
    }
    Telemetry telemetry = new Telemetry(engine, Telemetry.class.getClassLoader());
    TelemetryRouter router =
        new TelemetryRouter(
            new ApplicationListeners(telemetry::beside, nanoTicker),
            telemetry::own,
            () -> telemetry.own);
    engine.addListener(router);
    engine.addAlertListener(AlertChannel.TELEMETRY, router);
    engine.addAttributionSource(router);
  }

  /**
   * The agent's own SDK, where an endpoint is configured. Started with the first call that has no
   * other way out: it logs over {@code java.util.logging}, which an application server must be let
   * set up first.
   */
  private @Nullable CallListener own() {
    return ownBegun ? own : beginOwn();
  }

  private synchronized @Nullable CallListener beginOwn() {
    if (!ownBegun && settings.endpoint().isPresent()) {
      own = startOwn(settings.endpoint().get());
    }
    ownBegun = true;
    return own;
  }

  private @Nullable CallListener startOwn(String endpoint) {
    try {
      OwnSdk sdk =
          Apart.call(
              () ->
                  OwnSdk.start(
                      settings,
                      serviceName(),
                      EngineLauncher.version(),
                      engine::budgets,
                      () -> engine.configuration().budgets().rules(),
                      engine::priceTableAgeSeconds,
                      () -> engine.internalErrors().count()));
      engine.onClose(sdk::close);
      return sdk.listener();
    } catch (Exception | LinkageError fault) {
      logger.error(
          "telemetry to {} could not be started ({}); calls are metered without it",
          endpoint,
          fault.toString());
      return null;
    }
  }

  /** A listener beside the application's copy of the OpenTelemetry API. */
  private @Nullable CallListener beside(Class<?> api) {
    try {
      return (CallListener)
          new SeamClassLoader(api.getClassLoader(), agentLoader)
              .loadClass(BRIDGING)
              .getMethod(
                  "create",
                  OtelSettings.class,
                  String.class,
                  Supplier.class,
                  Supplier.class,
                  LongSupplier.class,
                  LongSupplier.class)
              .invoke(
                  null,
                  settings,
                  EngineLauncher.version(),
                  (Supplier<?>) engine::budgets,
                  (Supplier<?>) () -> engine.configuration().budgets().rules(),
                  (LongSupplier) engine::priceTableAgeSeconds,
                  (LongSupplier) () -> engine.internalErrors().count());
    } catch (InvocationTargetException fault) {
      engine.internalErrors().report("Telemetry.beside", fault.getTargetException());
      return null;
    } catch (ReflectiveOperationException | LinkageError fault) {
      engine.internalErrors().report("Telemetry.beside", fault);
      return null;
    }
  }

  /** As OpenTelemetry's agent guesses it: the configured service, else the jar, else the class. */
  private String serviceName() {
    Map<String, String> attribution = engine.configuration().attribution();
    String command = System.getProperty("sun.java.command", "");
    String first = command.split(" ", 2)[0];
    String program = first.substring(first.lastIndexOf('/') + 1);
    String guess = program.isEmpty() ? "unknown_service:java" : program;
    return attribution.getOrDefault("service", guess);
  }
}
