package io.tokenmeter.otel;

import static java.lang.invoke.MethodType.methodType;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry over the application's own OpenTelemetry. To be loaded by a class loader that finds the
 * application's {@code opentelemetry-api} and everything else of the meter in the agent.
 */
public final class ApplicationTelemetry {
  private ApplicationTelemetry() {}

  /**
   * A listener over the application's global OpenTelemetry. To be asked at a call, not before: an
   * application sets its global in its own time, and nothing here sets it in its place.
   *
   * @param version the meter's own version
   * @param budgets every budget as it stands; asked on the application's metric reader threads
   * @param rules the configured budgets
   * @param priceTableAgeSeconds since the day whose prices the table has
   * @param internalErrors faults inside the meter since the start
   * @return null if export is off, or if the application has set no OpenTelemetry so far: ask again
   *     at a later call
   * @throws LinkageError if the application's API is older than 1.31
   * @throws IllegalArgumentException if the settings name unknown semantic conventions
   */
  public static @Nullable TelemetryListener create(
      OtelSettings settings,
      String version,
      Supplier<List<Budget>> budgets,
      Supplier<List<BudgetRule>> rules,
      LongSupplier priceTableAgeSeconds,
      LongSupplier internalErrors) {
    if (!settings.enabled()) {
      return null;
    }
    OpenTelemetry openTelemetry = global();
    if (openTelemetry == null || isNoop(openTelemetry)) {
      return null;
    }
    return new TelemetryListener(
        openTelemetry,
        settings,
        new MeterState(version, budgets, rules, priceTableAgeSeconds, internalErrors));
  }

  /**
   * The global instance, or null if there is none. {@code GlobalOpenTelemetry.get()} would install
   * a no-op where there is none, and the application's own {@code set} would then throw
   * (opentelemetry-java#4180), so it is called only where it cannot do that.
   */
  private static @Nullable OpenTelemetry global() {
    // OpenTelemetry's agent replaces get(), and only get(), by its own.
    return hasOpenTelemetryAgent() || isSet() ? GlobalOpenTelemetry.get() : null;
  }

  private static boolean hasOpenTelemetryAgent() {
    if ("false".equalsIgnoreCase(System.getProperty("otel.javaagent.enabled"))
        || "false".equalsIgnoreCase(System.getenv("OTEL_JAVAAGENT_ENABLED"))) {
      return false;
    }
    try {
      Class.forName("io.opentelemetry.javaagent.bootstrap.AgentInitializer", false, null);
      return true;
    } catch (ClassNotFoundException noAgent) {
      return false;
    }
  }

  private static boolean isSet() {
    try {
      return (boolean)
          MethodHandles.publicLookup()
              .findStatic(GlobalOpenTelemetry.class, "isSet", methodType(boolean.class))
              .invoke();
    } catch (Throwable olderApi) {
      return isFieldSet();
    }
  }

  /** Before API 1.57 nothing public tells. */
  private static boolean isFieldSet() {
    try {
      Field field = GlobalOpenTelemetry.class.getDeclaredField("globalOpenTelemetry");
      field.setAccessible(true);
      return field.get(null) != null;
    } catch (ReflectiveOperationException | RuntimeException unreadable) {
      return false;
    }
  }

  private static boolean isNoop(OpenTelemetry openTelemetry) {
    return openTelemetry.getTracerProvider() == TracerProvider.noop()
        && openTelemetry.getMeterProvider() == MeterProvider.noop();
  }
}
