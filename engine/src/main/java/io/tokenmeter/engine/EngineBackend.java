package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.spi.Backend;
import io.tokenmeter.api.spi.Protocol;
import io.tokenmeter.engine.alerts.AlertChannel;
import io.tokenmeter.engine.alerts.AlertListener;
import io.tokenmeter.engine.alerts.AlertWatch;
import io.tokenmeter.engine.alerts.BudgetAlert;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.RequestCounter;
import io.tokenmeter.tokenizers.RequestCounters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves {@code io.tokenmeter.api}. */
final class EngineBackend implements Backend {
  private static final String SEAM = "api";
  private static final String OPERATION = "chat";

  private final Cashier cashier;
  private final Throttle throttle;
  private final Books books;
  private final Budgets budgets;
  private final RecordDispatcher dispatcher;
  private final Function<OutgoingCall, Map<String, String>> attribution;
  private final Supplier<RequestCounters> counters;
  private final AlertWatch alerts;
  private final InternalErrors errors;
  private final boolean failClosed;

  EngineBackend(
      Cashier cashier,
      Throttle throttle,
      Books books,
      Budgets budgets,
      RecordDispatcher dispatcher,
      Function<OutgoingCall, Map<String, String>> attribution,
      Supplier<RequestCounters> counters,
      AlertWatch alerts,
      InternalErrors errors,
      boolean failClosed) {
    this.failClosed = failClosed;
    this.cashier = cashier;
    this.throttle = throttle;
    this.books = books;
    this.budgets = budgets;
    this.dispatcher = dispatcher;
    this.attribution = attribution;
    this.counters = counters;
    this.alerts = alerts;
    this.errors = errors;
  }

  /** What the API holds on to between reserving and its end. */
  private record Handle(Account account, AtomicBoolean ended) {}

  @Override
  public Map<String, Object> call(String operation, Map<String, Object> arguments) {
    try {
      switch (operation) {
        case Protocol.RESERVE:
          return reserve(arguments);
        case Protocol.SETTLE:
          return settle(arguments);
        case Protocol.RELEASE:
          return release(arguments);
        case Protocol.LISTEN:
          return listen(arguments.get(Protocol.LISTENER));
        case Protocol.UNLISTEN:
          if (arguments.get(Protocol.HANDLE) instanceof AlertListener known) {
            alerts.remove(AlertChannel.LISTENER, known);
          }
          return Map.of();
        case Protocol.LIST_BUDGETS:
          return Map.of(Protocol.BUDGETS, list());
        default:
          return Map.of(Protocol.ERROR, "unknown operation '" + operation + "'");
      }
    } catch (Throwable fault) {
      errors.report("EngineBackend." + operation, fault);
      if (failClosed && operation.equals(Protocol.RESERVE)) {
        return Map.of(
            Protocol.REFUSAL,
            ApiValues.refusal(
                new Ruling.Stop(
                    Decision.REFUSED, null, "fail-closed", 0, RefusalText.failClosed())));
      }
      return Map.of(Protocol.ERROR, fault.getClass().getName());
    }
  }

  private Map<String, Object> reserve(Map<String, Object> arguments) throws ExecutionException {
    String provider = ApiValues.text(arguments, Protocol.PROVIDER);
    String model = ApiValues.text(arguments, Protocol.MODEL);
    RequestCounter counter = counters.get().forModel(provider, model);
    InputEstimate input = input(arguments, counter);
    long output =
        arguments.get(Protocol.MAX_OUTPUT_TOKENS) instanceof Long most
            ? most
            : cashier.defaultMaxOutput(model);
    OutgoingCall call = new OutgoingCall(SEAM, "", "", 0, "", header -> null, new byte[0], null);
    Map<String, String> payers = new LinkedHashMap<>(attribution.apply(call));
    payers.putAll(ApiValues.attribution(arguments.get(Protocol.ATTRIBUTION)));
    Instant now = books.now();
    long startTicks = books.ticks();
    Terms terms =
        new Terms(
            provider,
            model,
            OPERATION,
            new InputCount(input),
            TokenClass.UNCACHED_INPUT,
            bounded(output),
            1,
            true);
    Negotiation negotiation = new Negotiation(cashier, terms, Alteration.NONE, payers, now);
    List<RecordDispatcher.Capture> captures = dispatcher.opening(call);
    Ruling ruling = negotiation.behindOthers(throttle);
    if (ruling == null) {
      ruling = negotiation.attempt();
    }
    if (ruling instanceof Ruling.Wait wait) {
      // A listener runs on the thread that serves the lines, which cannot wait for itself.
      ruling =
          dispatcher.isOwnThread() ? Ruling.Stop.of(wait.shortfall()) : await(wait, negotiation);
    }
    Account.Call known =
        new Account.Call(
            SEAM,
            provider,
            OPERATION,
            model,
            false,
            "",
            0,
            payers,
            // What the code sends is not seen, so that it does not compare with what is reported.
            new InputCount(InputEstimate.stated(input.tokens())),
            0,
            now,
            startTicks,
            captures);
    if (ruling instanceof Ruling.Stop stop) {
      account(known, stop.decision(), stop.budgetName(), Account.Held.NOTHING, counter, negotiation)
          .refused();
      return Map.of(Protocol.REFUSAL, ApiValues.refusal(stop));
    }
    Ruling.Go go = (Ruling.Go) ruling;
    Account account = account(known, go.decision(), go.budget(), go.held(), counter, negotiation);
    return Map.of(Protocol.HANDLE, new Handle(account, new AtomicBoolean()));
  }

  private Account account(
      Account.Call known,
      Decision decision,
      @Nullable String budget,
      Account.Held held,
      RequestCounter counter,
      Negotiation negotiation) {
    return new Account(
        known,
        decision,
        budget,
        held,
        books,
        counter::outputCounter,
        negotiation.intervention(),
        null,
        null);
  }

  /** On the caller's thread, which asked for just that; an interrupt counts as time being up. */
  private Ruling await(Ruling.Wait wait, Negotiation negotiation) throws ExecutionException {
    Throttle.Waiter waiter = throttle.join(wait, negotiation);
    long since = books.ticks();
    try {
      return waiter.ruling().get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throttle.leave(waiter);
      Ruling stop =
          Ruling.Stop.afterWaiting(
              wait.shortfall(), Books.between(since, books.ticks()), wait.maxWait());
      return waiter.ruling().complete(stop) ? stop : waiter.ruling().join();
    }
  }

  /** Sums of what callers state must not overflow; no budget can pay this either. */
  private static long bounded(long tokens) {
    return Math.max(0, Math.min(tokens, Long.MAX_VALUE / 4));
  }

  private static InputEstimate input(Map<String, Object> arguments, RequestCounter counter) {
    if (arguments.get(Protocol.INPUT_TOKENS) instanceof Long stated) {
      return InputEstimate.stated(stated);
    }
    return counter.count(Prompt.ofTexts(List.of(ApiValues.text(arguments, Protocol.INPUT_TEXT))));
  }

  private static Map<String, Object> settle(Map<String, Object> arguments) {
    if (arguments.get(Protocol.HANDLE) instanceof Handle handle
        && handle.ended().compareAndSet(false, true)) {
      try {
        handle.account().close(ApiValues.usage(arguments.get(Protocol.USAGE)));
      } finally {
        handle.account().chargeHold(); // does nothing where closing has charged
      }
    }
    return Map.of();
  }

  private static Map<String, Object> release(Map<String, Object> arguments) {
    if (arguments.get(Protocol.HANDLE) instanceof Handle handle
        && handle.ended().compareAndSet(false, true)) {
      handle.account().release();
    }
    return Map.of();
  }

  @SuppressWarnings("unchecked") // as Protocol.LISTEN says
  private Map<String, Object> listen(@Nullable Object listener) {
    if (!(listener instanceof Consumer<?>)) {
      return Map.of(Protocol.ERROR, "no listener");
    }
    Consumer<Map<String, Object>> receiver = (Consumer<Map<String, Object>>) listener;
    AlertListener known =
        alert -> {
          if (alert instanceof BudgetAlert.ThresholdCrossed crossed) {
            Map<String, Object> row = ApiValues.row(crossed.budget());
            row.put(Protocol.PERCENT, (long) crossed.percent());
            receiver.accept(row);
          }
        };
    alerts.add(AlertChannel.LISTENER, known);
    return Map.of(Protocol.HANDLE, known);
  }

  private List<Map<String, Object>> list() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Budget budget : budgets.list()) {
      rows.add(ApiValues.row(budget));
    }
    return rows;
  }
}
