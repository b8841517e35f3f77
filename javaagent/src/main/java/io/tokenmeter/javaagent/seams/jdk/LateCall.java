package io.tokenmeter.javaagent.seams.jdk;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent after its {@code sendAsync} has returned. The application holds its future:
 * what comes of the sending ends it, and ending it with a failure ends what has been sent.
 */
abstract class LateCall<T> {
  final HttpClient client;
  final HttpRequest request;
  final BodyHandler<T> handler;
  final CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
  private final @Nullable PushPromiseHandler<?> pushHandler;

  LateCall(
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<?> pushHandler) {
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.pushHandler = pushHandler;
  }

  @SuppressWarnings("unchecked") // both handlers came from one call of sendAsync
  final CompletableFuture<HttpResponse<T>> send(HttpRequest toSend) {
    return client.sendAsync(toSend, handler, (PushPromiseHandler<T>) pushHandler);
  }

  /** Ties the application's future to what has been sent. */
  final void follow(CompletableFuture<HttpResponse<T>> sent) {
    sent.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            result.complete(response);
          } else {
            result.completeExceptionally(failure);
          }
        });
    result.whenComplete(
        (response, failure) -> {
          if (failure != null) {
            sent.cancel(true);
          }
        });
  }
}
