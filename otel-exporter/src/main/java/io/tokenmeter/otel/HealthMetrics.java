package io.tokenmeter.otel;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongCounter;
import io.opentelemetry.api.metrics.ObservableLongGauge;

/** How the meter itself does: faults inside it, and the age of its prices. */
final class HealthMetrics implements AutoCloseable {
  private final ObservableLongGauge priceTableAge;
  private final ObservableLongCounter internalErrors;

  HealthMetrics(Meter meter, MeterState state) {
    priceTableAge =
        meter
            .gaugeBuilder(SemanticConventions.PRICE_TABLE_AGE)
            .ofLongs()
            .setUnit("s")
            .setDescription("Time since the day whose prices the table has.")
            .buildWithCallback(
                measurement -> measurement.record(state.priceTableAgeSeconds().getAsLong()));
    internalErrors =
        meter
            .counterBuilder(SemanticConventions.INTERNAL_ERRORS)
            .setUnit("{error}")
            .setDescription("Faults inside the meter; the calls went on untouched.")
            .buildWithCallback(
                measurement -> measurement.record(state.internalErrors().getAsLong()));
  }

  @Override
  public void close() {
    priceTableAge.close();
    internalErrors.close();
  }
}
