package io.tokenmeter.engine;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Operation;
import io.tokenmeter.providers.Rewritten;
import io.tokenmeter.tokenizers.RequestCounters;
import org.jspecify.annotations.Nullable;

/** Rewrites a request on the wire. Used by one thread at a time. */
final class RequestAlteration implements Alteration {
  private final Dialect dialect;
  private final OutgoingCall call;
  private final byte[] body;
  private final LlmRequest request;
  private final RequestCounters counters;
  private final Cashier cashier;

  /**
   * @param body uncompressed
   */
  RequestAlteration(
      Dialect dialect,
      OutgoingCall call,
      byte[] body,
      LlmRequest request,
      RequestCounters counters,
      Cashier cashier) {
    this.dialect = dialect;
    this.call = call;
    this.body = body;
    this.request = request;
    this.counters = counters;
    this.cashier = cashier;
  }

  /** The call as the application asked for it. */
  Terms asked() {
    return terms(request);
  }

  private Terms terms(LlmRequest request) {
    boolean embedding = request.operation() == Operation.EMBEDDINGS;
    boolean stated = request.maxOutputTokens() != LlmRequest.UNLIMITED;
    return new Terms(
        request.provider(),
        request.model(),
        request.operation().label(),
        new InputCount(counters.forModel(request.provider(), request.model()), request.prompt()),
        request.dearestInput(),
        embedding
            ? 0
            : stated ? request.maxOutputTokens() : cashier.defaultMaxOutput(request.model()),
        Math.max(1, request.choices()),
        embedding || stated);
  }

  /**
   * Null for embeddings too: vectors of two models cannot be compared. The request is read anew:
   * what a counter remembers of its parts is another model's.
   */
  @Override
  public @Nullable Terms withModel(String model) {
    if (request.operation() == Operation.EMBEDDINGS) {
      return null;
    }
    Rewritten rewritten = rewrite(model, LlmRequest.UNLIMITED);
    LlmRequest reread =
        rewritten == null
            ? null
            : dialect.readRequest(rewritten.path(), rewritten.body(), counters);
    return reread == null ? null : terms(reread);
  }

  @Override
  public boolean canLimit(String model, long maxOutputTokens) {
    return request.operation() != Operation.EMBEDDINGS && rewrite(model, maxOutputTokens) != null;
  }

  /**
   * The request as it is to be sent.
   *
   * @param maxOutputTokens {@link LlmRequest#UNLIMITED} to keep what it says
   */
  @Nullable Rewritten rewrite(String model, long maxOutputTokens) {
    return dialect.rewrite(
        call.path(), body, model.equals(request.model()) ? null : model, maxOutputTokens);
  }
}
