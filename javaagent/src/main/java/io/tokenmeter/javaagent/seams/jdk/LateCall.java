package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.javaagent.runtime.LateFuture;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent after its {@code sendAsync} has returned. The application holds its future.
 */
abstract class LateCall<T> {
  final HttpClient client;
  final HttpRequest request;
  final BodyHandler<T> handler;
  final LateFuture<HttpResponse<T>> result = new LateFuture<>();
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
}
