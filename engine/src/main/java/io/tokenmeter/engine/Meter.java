package io.tokenmeter.engine;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.Cashier.Ruling;
import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.Dialects;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Operation;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.RequestCounter;
import io.tokenmeter.tokenizers.RequestCounters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The engine's face to the seams. Thread-safe; no method throws. */
public final class Meter {
  private static final String JSON = "application/json";

  /** A compressed request that inflates beyond this is not read. */
  private static final int MAX_INFLATED_BYTES = 64 << 20;

  private final Cashier cashier;
  private final Books books;
  private final RecordDispatcher dispatcher;
  private final Function<OutgoingCall, Map<String, String>> attribution;
  private final Supplier<RequestCounters> counters;
  private final Abandonment abandonment;
  private final InternalErrors errors;
  private final boolean failClosed;

  Meter(
      Cashier cashier,
      Books books,
      RecordDispatcher dispatcher,
      Function<OutgoingCall, Map<String, String>> attribution,
      Supplier<RequestCounters> counters,
      Abandonment abandonment,
      InternalErrors errors,
      boolean failClosed) {
    this.cashier = cashier;
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
   * Reserves for a call.
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
    RequestCounters counters = this.counters.get();
    LlmRequest request = read(call, dialect, counters);
    if (request == null) {
      return unmetered(call, dialect, payers, captures);
    }
    RequestCounter counter = counters.forModel(request.provider(), request.model());
    InputEstimate input = counter.count(request.prompt());
    Instant now = books.now();
    Ruling ruling =
        cashier.reserve(
            request.provider(),
            request.model(),
            request.operation().label(),
            Usage.builder()
                .tokens(request.dearestInput(), input.upperBound())
                .tokens(TokenClass.OUTPUT, mostOutput(request))
                .build(),
            payers,
            now);
    Account.Call known =
        new Account.Call(
            call.seam(),
            request.provider(),
            request.operation().label(),
            request.model(),
            request.streaming(),
            call.host(),
            call.port(),
            payers,
            input,
            now,
            books.ticks(),
            captures);
    if (ruling instanceof Ruling.Stop stop) {
      new Account(
              known,
              Decision.REFUSED,
              stop.budgetName(),
              Account.Held.NOTHING,
              books,
              counter::outputCounter)
          .refused();
      return refusal(dialect, stop.message());
    }
    Ruling.Go go = (Ruling.Go) ruling;
    return admitted(
        new Account(known, go.decision(), go.budget(), go.held(), books, counter::outputCounter),
        dialect);
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
    return new Exchange(new Verdict.Admitted(null), account, dialect, abandonment, errors);
  }

  private Exchange refusal(Dialect dialect, String message) {
    byte[] body = dialect.refusalBody(message);
    return Exchange.refused(new Verdict.Refused(message, JSON, body), abandonment, errors);
  }

  private long mostOutput(LlmRequest request) {
    if (request.operation() == Operation.EMBEDDINGS) {
      return 0;
    }
    long one =
        request.maxOutputTokens() == LlmRequest.UNLIMITED
            ? cashier.defaultMaxOutput(request.model())
            : request.maxOutputTokens();
    long choices = Math.max(1, request.choices());
    return one > Long.MAX_VALUE / 4 / choices ? Long.MAX_VALUE / 4 : one * choices;
  }

  private static @Nullable LlmRequest read(
      OutgoingCall call, Dialect dialect, RequestCounters counters) {
    String encoding = call.header().apply("content-encoding");
    byte[] body = call.body();
    if (encoding != null && encoding.trim().equalsIgnoreCase("gzip")) {
      body = inflate(body);
    }
    return body == null ? null : dialect.readRequest(call.path(), body, counters);
  }

  private static byte @Nullable [] inflate(byte[] gzip) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      byte[] inflated = in.readNBytes(MAX_INFLATED_BYTES);
      return in.read() < 0 ? inflated : null;
    } catch (IOException broken) {
      return null;
    }
  }
}
