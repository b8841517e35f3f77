package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Verdict;
import io.tokenmeter.engine.Waiting;
import io.tokenmeter.javaagent.runtime.Resumption;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a budget on nobody's thread. A synchronous caller waits for its future, as
 * it always does, and is interrupted there. Ending the future takes the call out of the line or
 * ends what has been sent.
 */
final class ThrottledCall<T> extends LateCall<T> {
  private final byte[] body;
  private final boolean consumed;

  /**
   * @param consumed whether the request's own body cannot be published a second time
   */
  ThrottledCall(
      HttpClient client,
      HttpRequest request,
      byte[] body,
      boolean consumed,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<?> pushHandler) {
    super(client, request, handler, pushHandler);
    this.body = body;
    this.consumed = consumed;
  }

  /**
   * @param async whether the caller has the client's executor to spare
   */
  CompletableFuture<HttpResponse<T>> begin(Waiting waiting, boolean async) {
    Executor executor = async ? client.executor().orElse(Resumption.THREADS) : Resumption.THREADS;
    result.whenComplete((response, failure) -> waiting.cancel());
    waiting.then(executor, this::goOn);
    return result;
  }

  private void goOn(@Nullable Exchange exchange) {
    try {
      if (exchange != null && exchange.verdict() instanceof Verdict.Refused refused) {
        result.follow(RefusedResponse.drive(request, handler, refused));
        return;
      }
      HttpRequest toSend = JdkSeam.toSend(request, exchange, body, consumed);
      result.follow(Resumption.send(toSend, exchange, () -> send(toSend)));
    } catch (Throwable failure) {
      result.completeExceptionally(failure);
    }
  }
}
