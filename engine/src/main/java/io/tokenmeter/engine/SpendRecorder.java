package io.tokenmeter.engine;

import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.ledger.SpendTable;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds every call to the host's table of what was spent by team, model and provider. */
final class SpendRecorder implements CallListener {
  private final SpendTable spend;
  private final InstantSource clock;

  SpendRecorder(SpendTable spend, InstantSource clock) {
    this.spend = spend;
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
    spend.add(
        keys,
        usage.totalTokens(),
        call.cost() == null ? 0 : call.cost().nanoUsd(),
        clock.instant());
  }
}
