package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.engine.Exchange;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/**
 * A future of the metered response. Ending it from outside (cancel, time-out) ends the original in
 * the same way, as if the caller held that one.
 */
final class MeteredFuture {
  private MeteredFuture() {}

  static CompletableFuture<Object> of(
      CompletableFuture<Object> original, Exchange exchange, UnaryOperator<Object> metered) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    original.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            result.complete(metered.apply(response));
          } else {
            settle(exchange, failure);
            result.completeExceptionally(failure);
          }
        });
    result.whenComplete(
        (response, failure) -> {
          if (failure instanceof CancellationException) {
            original.cancel(true);
          } else if (failure != null) {
            original.completeExceptionally(failure);
          }
        });
    return result;
  }

  private static void settle(Exchange exchange, Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof CompletionException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    if (cause instanceof CancellationException) {
      exchange.abandoned();
    } else {
      exchange.failed(cause);
    }
  }
}
