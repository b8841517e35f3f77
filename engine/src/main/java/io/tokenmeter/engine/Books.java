package io.tokenmeter.engine;

import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.config.Configuration.UnknownModel;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.engine.prices.PriceTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What every account needs to be closed: prices, clocks, and the way out for its record. */
final class Books {
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final RecordDispatcher dispatcher;
  private volatile Pricing pricing;

  /** Changes as a whole when the configuration is reloaded. */
  private record Pricing(PriceTable table, UnknownModel unknownModel) {}

  Books(
      InstantSource clock,
      LongSupplier nanoTicker,
      RecordDispatcher dispatcher,
      PriceTable prices,
      UnknownModel unknownModel) {
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.dispatcher = dispatcher;
    this.pricing = new Pricing(prices, unknownModel);
  }

  void reprice(PriceTable prices, UnknownModel unknownModel) {
    pricing = new Pricing(prices, unknownModel);
  }

  Instant now() {
    return clock.instant();
  }

  long ticks() {
    return nanoTicker.getAsLong();
  }

  static Duration between(long startTicks, long endTicks) {
    return Duration.ofNanos(Math.max(0, endTicks - startTicks));
  }

  /** The price of the model that answered, else of the one that was asked for; null for neither. */
  @Nullable Cost cost(
      String provider, @Nullable String responseModel, String model, Usage usage, Instant at) {
    PriceTable table = pricing.table();
    Cost cost = responseModel == null ? null : table.cost(provider, responseModel, usage, at);
    return cost != null ? cost : table.cost(provider, model, usage, at);
  }

  UnknownModel unknownModel() {
    return pricing.unknownModel();
  }

  /** What USD budgets are charged for a model without a price, in nano-USD. */
  long unpriced(String provider, Usage usage, Instant at) {
    Pricing now = pricing;
    if (now.unknownModel() == UnknownModel.ALLOW) {
      return 0;
    }
    Cost worst = now.table().worstCase(provider, usage, at);
    return worst == null ? 0 : worst.nanoUsd();
  }

  /** Whether anything of the provider has a price, so that a worst case can be told. */
  boolean hasWorstCase(String provider, Usage usage, Instant at) {
    return pricing.table().worstCase(provider, usage, at) != null;
  }

  /** As {@link RecordDispatcher#defer}. */
  boolean defer(Runnable work, long bytes) {
    return dispatcher.defer(work, bytes);
  }

  void record(CallRecord record, List<RecordDispatcher.Capture> captured) {
    dispatcher.dispatch(record, captured);
  }
}
