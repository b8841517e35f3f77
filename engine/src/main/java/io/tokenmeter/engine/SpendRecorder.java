package io.tokenmeter.engine;

import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.ledger.SpendTable;
import io.tokenmeter.engine.prices.Cost;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds every call to the host's table of what was spent by whom and on what. */
final class SpendRecorder implements CallListener {
  private final SpendTable spend;
  private final List<String> dimensions;
  private final InstantSource clock;

  /**
   * @param dimensions what spend is kept by, together
   */
  SpendRecorder(SpendTable spend, List<String> dimensions, InstantSource clock) {
    this.spend = spend;
    this.dimensions = dimensions;
    this.clock = clock;
  }

  @Override
  public void closed(CallRecord call, @Nullable Object captured) {
    Usage usage = call.usage();
    if (usage == null) {
      return;
    }
    String answered = call.responseModel();
    Map<String, String> keys = new HashMap<>(call.attribution());
    keys.put("provider", call.provider());
    keys.put(
        "model",
        !call.requestModel().isEmpty() || answered == null ? call.requestModel() : answered);
    keys.keySet().retainAll(dimensions);
    keys.replaceAll((key, value) -> AttributionValues.clean(value));
    keys.values().removeIf(String::isEmpty);
    Cost cost = call.cost();
    spend.add(
        keys,
        usage.totalTokens(),
        cost == null ? 0 : cost.nanoUsd(),
        cost != null,
        clock.instant());
  }
}
