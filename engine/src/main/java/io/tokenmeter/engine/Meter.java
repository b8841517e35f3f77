package io.tokenmeter.engine;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.Dialects;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.RequestCounters;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engine's face to the seams. Thread-safe; no method throws. */
public final class Meter {
  private static final String JSON = "application/json";

  private final Cashier cashier;
  private final Throttle throttle;
  private final Books books;
  private final RecordDispatcher dispatcher;
  private final Function<OutgoingCall, Map<String, String>> attribution;
  private final Supplier<RequestCounters> counters;
  private final Abandonment abandonment;
  private final InternalErrors errors;
  private final boolean failClosed;

  Meter(
      Cashier cashier,
      Throttle throttle,
      Books books,
      RecordDispatcher dispatcher,
      Function<OutgoingCall, Map<String, String>> attribution,
      Supplier<RequestCounters> counters,
      Abandonment abandonment,
      InternalErrors errors,
      boolean failClosed) {
    this.cashier = cashier;
    this.throttle = throttle;
    this.books = books;
    this.dispatcher = dispatcher;
    this.attribution = attribution;
    this.counters = counters;
    this.abandonment = abandonment;
    this.errors = errors;
    this.failClosed = failClosed;
  }

  /**
   * Whether a request may be a call to a model, by its head alone. Cheap: asked for every HTTP call
   * of the application, so that bodies are read only where they must be.
   */
  public boolean watches(String method, String host, String path) {
    try {
      return Dialects.find(method, host, path) != null && !dispatcher.isOwnThread();
    } catch (Throwable fault) {
      errors.report("Meter.watches", fault);
      return false;
    }
  }

  /**
   * Reserves for a call. Never waits: where a budget asks for that, the verdict is {@link Waiting}.
   *
   * @return null if it is not a call to a model, or if the meter failed: send it untouched
   */
  public @Nullable Exchange open(OutgoingCall call) {
    Dialect dialect = null;
    try {
      dialect = Dialects.find(call.method(), call.host(), call.path());
      return dialect == null ? null : open(call, dialect);
    } catch (Throwable fault) {
      errors.report("Meter.open", fault);
      return failClosed && dialect != null ? refusal(dialect, RefusalText.failClosed()) : null;
    }
  }

  /** A fault inside a seam: counted, the first of its kind logged, and nothing else. */
  public void internalError(String where, Throwable fault) {
    errors.report(where, fault);
  }

  private Exchange open(OutgoingCall call, Dialect dialect) {
    List<RecordDispatcher.Capture> captures = dispatcher.opening(call);
    Map<String, String> payers = attribution.apply(call);
    try {
      return open(call, dialect, payers, captures);
    } catch (Throwable fault) {
      errors.report("Meter.open", fault);
      // What the answer reports is charged all the same.
      return failClosed
          ? refusal(dialect, RefusalText.failClosed())
          : unmetered(call, dialect, payers, captures);
    }
  }

  private Exchange open(
      OutgoingCall call,
      Dialect dialect,
      Map<String, String> payers,
      List<RecordDispatcher.Capture> captures)
      throws IOException {
    byte[] body = RequestBody.plain(call);
    RequestCounters counters = this.counters.get();
    LlmRequest request = body == null ? null : dialect.readRequest(call.path(), body, counters);
    if (body == null || request == null) {
      return unmetered(call, dialect, payers, captures);
    }
    Instant now = books.now();
    RequestAlteration alteration =
        new RequestAlteration(dialect, call, body, request, counters, cashier);
    Opening opening =
        new Opening(
            call,
            dialect,
            body,
            request,
            counters,
            alteration,
            payers,
            captures,
            now,
            books.ticks());
    Terms asked = alteration.asked();
    Negotiation negotiation = new Negotiation(cashier, asked, alteration, payers, now);
    if (!cashier.isBudgeted(asked, payers)) {
      return decided(Ruling.Go.UNBUDGETED, negotiation, opening);
    }
    Ruling ruling = negotiation.behindOthers(throttle);
    if (ruling == null) {
      ruling = negotiation.attempt();
    }
    return ruling instanceof Ruling.Wait wait
        ? waiting(wait, negotiation, opening)
        : decided(ruling, negotiation, opening);
  }

  private Exchange waiting(Ruling.Wait wait, Negotiation negotiation, Opening opening) {
    Throttle.Waiter waiter = throttle.join(wait, negotiation);
    CompletableFuture<Optional<Exchange>> outcome = new CompletableFuture<>();
    waiter
        .ruling()
        .whenComplete(
            (ruling, fault) -> {
              Optional<Exchange> exchange =
                  fault == null
                      ? decidedLater(ruling, negotiation, opening)
                      : afterFault(opening.dialect());
              if (!outcome.complete(exchange)) {
                exchange.ifPresent(Exchange::notSent);
              }
            });
    return Exchange.waiting(
        new Waiting(
            outcome,
            () -> {
              throttle.leave(waiter);
              long endTicks = books.ticks();
              if (waiter.ruling().cancel(false)) {
                // The thread that tries the call may be at it just now; nobody else may look at it.
                Runnable record = () -> givenUp(wait, negotiation, opening, endTicks);
                if (!books.defer(record, 0)) {
                  errors.report("Meter.givenUp", new IllegalStateException("too many records"));
                }
              }
            }),
        abandonment,
        errors);
  }

  private void givenUp(Ruling.Wait wait, Negotiation negotiation, Opening opening, long endTicks) {
    String budget = wait.shortfall().rule().name();
    negotiation.waited(Books.between(opening.ticks(), endTicks), budget);
    account(opening, negotiation, Decision.GIVEN_UP, budget, Account.Held.NOTHING)
        .givenUp(endTicks);
  }

  private Optional<Exchange> decidedLater(Ruling ruling, Negotiation negotiation, Opening opening) {
    try {
      return Optional.of(decided(ruling, negotiation, opening));
    } catch (Throwable fault) {
      errors.report("Meter.waited", fault);
      return afterFault(opening.dialect());
    }
  }

  private Optional<Exchange> afterFault(Dialect dialect) {
    return failClosed ? Optional.of(refusal(dialect, RefusalText.failClosed())) : Optional.empty();
  }

  private Exchange decided(Ruling ruling, Negotiation negotiation, Opening opening)
      throws IOException {
    if (ruling instanceof Ruling.Stop stop) {
      account(opening, negotiation, stop.decision(), stop.budgetName(), Account.Held.NOTHING)
          .refused();
      return refusal(opening.dialect(), stop.message());
    }
    Ruling.Go go = (Ruling.Go) ruling;
    Account account = account(opening, negotiation, go.decision(), go.budget(), go.held());
    try {
      return Exchange.admitted(
          opening.verdict(negotiation), account, opening.dialect(), abandonment, errors);
    } catch (Throwable fault) {
      account.release();
      throw fault;
    }
  }

  private Account account(
      Opening opening,
      Negotiation negotiation,
      Decision decision,
      @Nullable String budget,
      Account.Held held) {
    return opening.account(negotiation, decision, budget, held, cashier, books);
  }

  /**
   * A request to a model's address that is not understood goes out without a reservation. If the
   * answer turns out to be a model's, its usage is charged after all.
   */
  private Exchange unmetered(
      OutgoingCall call,
      Dialect dialect,
      Map<String, String> payers,
      List<RecordDispatcher.Capture> captures) {
    Account.Call unknown =
        new Account.Call(
            call.seam(),
            dialect.provider(),
            dialect.operation().label(),
            "",
            false,
            call.host(),
            call.port(),
            payers,
            null,
            0,
            books.now(),
            books.ticks(),
            captures);
    return admitted(
        new Account(
            unknown,
            Decision.UNMETERED,
            null,
            cashier.nothing(dialect.provider(), dialect.operation().label(), payers),
            books,
            () -> Encodings.forModel("").streamCounter()),
        dialect);
  }

  private Exchange admitted(Account account, Dialect dialect) {
    return Exchange.admitted(Verdict.Admitted.UNCHANGED, account, dialect, abandonment, errors);
  }

  private Exchange refusal(Dialect dialect, String message) {
    byte[] body = dialect.refusalBody(message);
    return Exchange.refused(new Verdict.Refused(message, JSON, body), abandonment, errors);
  }
}
