package io.tokenmeter.javaagent.runtime;

import java.util.concurrent.CompletableFuture;

/**
 * What an application holds of a call that is sent after its method has returned. Thread-safe, as
 * any future.
 */
public final class LateFuture<T> extends CompletableFuture<T> {
  /** What comes of the sending ends this; ending this with a failure ends what has been sent. */
  public void follow(CompletableFuture<? extends T> sent) {
    sent.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            complete(response);
          } else {
            completeExceptionally(failure);
          }
        });
    whenComplete(
        (response, failure) -> {
          if (failure != null) {
            sent.cancel(true);
          }
        });
  }
}
