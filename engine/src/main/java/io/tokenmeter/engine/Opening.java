package io.tokenmeter.engine;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Rewritten;
import io.tokenmeter.providers.StreamCutter;
import io.tokenmeter.tokenizers.RequestCounters;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call that the budgets are asked about.
 *
 * @param body uncompressed
 * @param ticks when it was opened, see {@link Books#ticks}
 */
record Opening(
    OutgoingCall call,
    Dialect dialect,
    byte[] body,
    LlmRequest request,
    RequestCounters counters,
    RequestAlteration alteration,
    Map<String, String> payers,
    List<RecordDispatcher.Capture> captures,
    Instant now,
    long ticks) {

  /** How the call is to be sent after a negotiation that admitted it. */
  Verdict.Admitted verdict(Negotiation negotiation) throws IOException {
    String model = negotiation.terms().model();
    if (negotiation.limit() == LlmRequest.UNLIMITED && model.equals(request.model())) {
      return Verdict.Admitted.UNCHANGED;
    }
    Rewritten rewritten =
        requireNonNull(alteration.rewrite(model, negotiation.limit()), "no rewriting");
    return new Verdict.Admitted(
        RequestBody.asSent(call, rewritten.body()),
        rewritten.path().equals(call.path()) ? null : rewritten.path());
  }

  /** The call's account after a negotiation, whatever came of it. */
  Account account(
      Negotiation negotiation,
      Decision decision,
      @Nullable String budget,
      Account.Held held,
      Cashier cashier,
      Books books) {
    Terms terms = negotiation.terms();
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
            terms.input(),
            body.length,
            now,
            ticks,
            captures);
    Admission.Hold hold = held.hold();
    StreamGrowth growth =
        request.streaming() && hold != null
            ? new StreamGrowth(cashier, terms, payers, now, hold)
            : null;
    StreamCutter cutter =
        growth != null && cashier.mayCutOff(terms, payers) ? dialect.streamCutter(body) : null;
    return new Account(
        known,
        decision,
        budget,
        held,
        books,
        () -> counters.forModel(request.provider(), terms.model()).outputCounter(),
        negotiation.intervention(),
        growth,
        cutter);
  }
}
