package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.engine.Exchange;
import io.tokenmeter.engine.Verdict;
import io.tokenmeter.engine.Waiting;
import io.tokenmeter.javaagent.runtime.LateFuture;
import io.tokenmeter.javaagent.runtime.Resumption;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call that waits for a budget on nobody's thread. Ending its future takes the call
 * out of the line, or ends what has been sent.
 */
final class ThrottledCall {
  private final Library library;
  private final Object client;
  private final Object request;
  private final Object options;
  private final LateFuture<Object> result = new LateFuture<>();

  ThrottledCall(Library library, Object client, Object request, Object options) {
    this.library = library;
    this.client = client;
    this.request = request;
    this.options = options;
  }

  CompletableFuture<Object> begin(Waiting waiting) {
    result.whenComplete((response, failure) -> waiting.cancel());
    waiting.then(Resumption.THREADS, this::goOn);
    return result;
  }

  private void goOn(@Nullable Exchange exchange) {
    try {
      if (exchange != null && exchange.verdict() instanceof Verdict.Refused refused) {
        result.complete(library.responses().refused(refused));
        return;
      }
      result.follow(
          Resumption.send(request, exchange, () -> library.executeAsync(client, request, options)));
    } catch (Throwable failure) {
      result.completeExceptionally(failure);
    }
  }
}
