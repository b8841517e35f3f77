package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.spi.Backend;
import io.tokenmeter.engine.alerts.AlertChannel;
import io.tokenmeter.engine.alerts.AlertListener;
import io.tokenmeter.engine.alerts.AlertWatch;
import io.tokenmeter.engine.alerts.LogAlerts;
import io.tokenmeter.engine.alerts.Webhooks;
import io.tokenmeter.engine.attribution.AttributionSource;
import io.tokenmeter.engine.attribution.Attributor;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CallLogSettings;
import io.tokenmeter.engine.config.ConfigurationWatcher;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.StateDirectory;
import io.tokenmeter.engine.prices.PriceTable;
import io.tokenmeter.tokenizers.RequestCounters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running engine: everything between the seams and the listeners, assembled. Thread-safe. */
public final class Engine implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  private final InternalErrors errors = new InternalErrors();
  private final List<AttributionSource> attributionSources = new CopyOnWriteArrayList<>();
  private final List<Runnable> closing = new CopyOnWriteArrayList<>();
  private final Abandonment abandonment = new Abandonment();
  private final Ledger ledger;
  private final Budgets budgets;
  private final RecordDispatcher dispatcher;
  private final Books books;
  private final Cashier cashier;
  private final Throttle throttle;
  private final Counting counting;
  private final Meter meter;
  private final Backend backend;
  private final Decisions decisions;
  private final AlertWatch alerts;
  private final Webhooks webhooks;
  private volatile Configuration configuration;
  private volatile Attributor attributor;
  private volatile PriceTable prices;

  private Engine(Configuration configuration, InstantSource clock, LongSupplier nanoTicker) {
    this.configuration = configuration;
    ledger = openLedger(configuration, clock);
    budgets = new Budgets(configuration.budgets().rules(), ledger, clock);
    prices = PriceTable.bundled(configuration.prices().overrides());
    attributor = attributor(configuration);
    dispatcher = new RecordDispatcher(nanoTicker, errors);
    counting = new Counting(configuration, clock, nanoTicker);
    books = new Books(clock, nanoTicker, dispatcher, prices, configuration.prices().unknownModel());
    cashier = new Cashier(budgets, books, configuration.budgets());
    throttle = new Throttle(nanoTicker, errors);
    meter =
        new Meter(
            cashier,
            throttle,
            books,
            dispatcher,
            call -> attributor.attribution(call),
            counting,
            abandonment,
            errors,
            configuration.failClosed());
    alerts =
        new AlertWatch(
            budgets,
            ledger,
            configuration.alerts().grantNotice(),
            clock,
            nanoTicker,
            errors::report);
    backend =
        new EngineBackend(
            cashier,
            throttle,
            books,
            budgets,
            dispatcher,
            call -> attributor.attribution(call),
            counting,
            alerts,
            errors,
            configuration.failClosed());
    dispatcher.addDuty(throttle::serve);
    dispatcher.addListener(
        new SpendRecorder(ledger.spend(), configuration.statements().dimensions(), clock));
    counting.workOn(dispatcher, errors);
    addCallLog(configuration.calls());
    decisions = new Decisions(configuration, ledger, budgets, clock);
    webhooks = new Webhooks(configuration.alerts().webhooks(), nanoTicker, errors::report);
    alerts.add(AlertChannel.LOG, new LogAlerts());
    alerts.add(AlertChannel.WEBHOOK, webhooks);
    dispatcher.addChore(abandonment::sweep);
    dispatcher.addChore(decisions::look);
    dispatcher.addChore(ledger::maintain);
    dispatcher.addChore(alerts::look);
    dispatcher.addChore(webhooks::tick);
  }

  /**
   * Starts an engine and its daemon thread.
   *
   * @param clock the wall clock, for windows and records
   * @param nanoTicker a monotonic clock, for durations
   */
  public static Engine start(
      Configuration configuration, InstantSource clock, LongSupplier nanoTicker) {
    Engine engine = new Engine(configuration, clock, nanoTicker);
    engine.dispatcher.start();
    return engine;
  }

  /**
   * Looks about once a second whether the configuration has changed, and applies what has: budgets,
   * prices, attribution, counting rules, webhooks. The call log and telemetry keep what the engine
   * was started with.
   */
  public void follow(ConfigurationWatcher watcher) {
    dispatcher.addChore(() -> watcher.poll().ifPresent(this::apply));
  }

  private void apply(Configuration changed) {
    budgets.replaceRules(changed.budgets().rules());
    decisions.rulesChanged();
    webhooks.reconfigure(changed.alerts().webhooks());
    alerts.reconfigure(changed.alerts().grantNotice());
    cashier.reconfigure(changed.budgets());
    PriceTable repriced = PriceTable.bundled(changed.prices().overrides());
    books.reprice(repriced, changed.prices().unknownModel());
    prices = repriced;
    attributor = attributor(changed);
    counting.reconfigure(changed.counting());
    configuration = changed;
  }

  private Attributor attributor(Configuration configuration) {
    return Attributor.of(configuration, List.of(this::fromSources), errors::report);
  }

  private Map<String, String> fromSources(OutgoingCall call) {
    Map<String, String> merged = Map.of();
    for (AttributionSource source : attributionSources) {
      Map<String, String> next = source.attribution(call);
      if (merged.isEmpty()) {
        merged = next;
      } else if (!next.isEmpty()) {
        merged = new LinkedHashMap<>(merged);
        merged.putAll(next);
      }
    }
    return merged;
  }

  private static Ledger openLedger(Configuration configuration, InstantSource clock) {
    Path home = configuration.home();
    configuration.ledgerGroup().ifPresent(group -> share(home, group));
    try {
      return Ledger.open(home, clock);
    } catch (IOException unusable) {
      logger.error(
          "the state directory {} cannot be used ({}); budgets are kept in this process only and are"
              + " not shared with others. Set tokenmeter.home to a directory that is writable by"
              + " this user.",
          home,
          unusable.toString());
      return Ledger.inMemory(clock);
    }
  }

  private static void share(Path home, String group) {
    try {
      StateDirectory.share(home, group);
    } catch (IOException cannot) {
      logger.warn(
          "{}. Until then budgets are shared with this user's processes only.",
          cannot.getMessage());
    }
  }

  private void addCallLog(CallLogSettings settings) {
    if (settings.file().isPresent()) {
      CallLog log =
          new CallLog(settings.file().get(), settings.maxBytes(), settings.maxFiles(), errors);
      dispatcher.addListener(log);
      dispatcher.addChore(log::flush);
    }
  }

  /** What seams drive. */
  public Meter meter() {
    return meter;
  }

  /** What {@code io.tokenmeter.api} talks to. */
  public Backend backend() {
    return backend;
  }

  /** What counts requests under the configuration that is in force. */
  public RequestCounters counters() {
    return counting.get();
  }

  /** The configuration that is in force. */
  public Configuration configuration() {
    return configuration;
  }

  /** Every budget as it stands. */
  public List<Budget> budgets() {
    return budgets.list();
  }

  /** Seconds since the day whose prices the bundled table has. */
  public long priceTableAgeSeconds() {
    return prices
        .date()
        .atStartOfDay(ZoneOffset.UTC)
        .until(books.now().atZone(ZoneOffset.UTC), ChronoUnit.SECONDS);
  }

  public InternalErrors internalErrors() {
    return errors;
  }

  /** Tells a listener of every call that opens from now on. */
  public void addListener(CallListener listener) {
    dispatcher.addListener(listener);
  }

  /** Asks a source about every call from now on; later sources win over earlier ones. */
  public void addAttributionSource(AttributionSource source) {
    attributionSources.add(source);
  }

  /**
   * Has a listener told of budgets that run low. Of all processes of the host one tells, by each
   * channel.
   */
  public void addAlertListener(AlertChannel channel, AlertListener listener) {
    alerts.add(channel, listener);
  }

  /** Tells a listener nothing more. */
  public void removeAlertListener(AlertChannel channel, AlertListener listener) {
    alerts.remove(channel, listener);
  }

  /** Has something else closed with the engine, after the last record was delivered. */
  public void onClose(Runnable action) {
    closing.add(action);
  }

  /** Delivers what waits and gives the ledger back; takes a few seconds at most. Throws nothing. */
  @Override
  public void close() {
    closeQuietly(throttle::close);
    closeQuietly(abandonment::endAll);
    closeQuietly(webhooks::hurry); // the meter's own thread sends: its posts are not metered
    closeQuietly(dispatcher::close);
    closeQuietly(webhooks::close);
    closeQuietly(() -> counting.close(errors));
    closing.forEach(this::closeQuietly);
    closeQuietly(ledger::close);
  }

  /** One part that fails must not keep the next one from closing. */
  private void closeQuietly(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | LinkageError fault) {
      errors.report("Engine.close", fault);
    }
  }
}
