package io.tokenmeter.otel;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.attribution.AttributionSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Who pays, from OpenTelemetry baggage: the calling thread's, or else the {@code baggage} header of
 * the call, which is all that an own SDK can see.
 */
final class BaggageAttribution implements AttributionSource {
  private final Map<String, String> attributionByBaggage;

  /**
   * @param attributionByBaggage baggage keys with the attribution key that each becomes
   */
  BaggageAttribution(Map<String, String> attributionByBaggage) {
    this.attributionByBaggage = Map.copyOf(attributionByBaggage);
  }

  @Override
  public Map<String, String> attribution(OutgoingCall call) {
    if (attributionByBaggage.isEmpty()) {
      return Map.of();
    }
    Baggage baggage = Baggage.current();
    if (baggage.isEmpty()) {
      baggage =
          Baggage.fromContext(
              W3CBaggagePropagator.getInstance()
                  .extract(Context.root(), call, OutgoingHeaders.INSTANCE));
    }
    if (baggage.isEmpty()) {
      return Map.of();
    }
    return read(baggage);
  }

  private Map<String, String> read(Baggage baggage) {
    Map<String, String> attribution = new HashMap<>();
    attributionByBaggage.forEach(
        (key, attributionKey) -> {
          String value = baggage.getEntryValue(key);
          if (value != null && !value.isEmpty()) {
            attribution.put(attributionKey, value);
          }
        });
    return attribution;
  }
}
