package io.tokenmeter.engine;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.providers.Operation;
import io.tokenmeter.providers.Rewritten;
import io.tokenmeter.tokenizers.RequestCounter;
import org.jspecify.annotations.Nullable;

/** Rewrites a request on the wire. Used by one thread at a time. */
final class RequestAlteration implements Alteration {
  private final Dialect dialect;
  private final OutgoingCall call;
  private final byte[] body;
  private final LlmRequest request;
  private final Cashier cashier;

  /**
   * @param body uncompressed
   */
  RequestAlteration(
      Dialect dialect, OutgoingCall call, byte[] body, LlmRequest request, Cashier cashier) {
    this.dialect = dialect;
    this.call = call;
    this.body = body;
    this.request = request;
    this.cashier = cashier;
  }

  /** The call as the application asked for it. */
  Terms asked() {
    return terms(request.model());
  }

  private Terms terms(String model) {
    boolean limited =
        request.maxOutputTokens() != LlmRequest.UNLIMITED
            || request.operation() == Operation.EMBEDDINGS;
    return new Terms(
        request.provider(),
        model,
        request.operation().label(),
        RequestCounter.forModel(request.provider(), model).count(request.prompt()),
        request.dearestInput(),
        maxOutput(model),
        Math.max(1, request.choices()),
        limited);
  }

  private long maxOutput(String model) {
    if (request.operation() == Operation.EMBEDDINGS) {
      return 0;
    }
    return request.maxOutputTokens() == LlmRequest.UNLIMITED
        ? cashier.defaultMaxOutput(model)
        : request.maxOutputTokens();
  }

  /** Null for embeddings too: vectors of two models cannot be compared. */
  @Override
  public @Nullable Terms withModel(String model) {
    return request.operation() == Operation.EMBEDDINGS
            || rewrite(model, LlmRequest.UNLIMITED) == null
        ? null
        : terms(model);
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
