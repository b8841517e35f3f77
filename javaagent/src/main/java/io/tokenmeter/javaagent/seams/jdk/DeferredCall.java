package io.tokenmeter.javaagent.seams.jdk;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.tokenmeter.javaagent.runtime.CallerAttribution;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call whose body can be read only once and may keep the reader waiting: the body
 * is collected on the client's executor, then the call is sent once more, now with a body that can
 * be repeated, and is metered there as any other.
 */
final class DeferredCall<T> extends LateCall<T> {
  /** A body may wait for others to write it, so that reading it must not use up a shared pool. */
  private static final Executor READERS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tokenmeter-body");
            thread.setDaemon(true);
            return thread;
          });

  private final CallerAttribution caller = CallerAttribution.capture();

  DeferredCall(
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<?> pushHandler) {
    super(client, request, handler, pushHandler);
  }

  CompletableFuture<HttpResponse<T>> begin() {
    Executor executor = client.executor().orElse(READERS);
    CompletableFuture.supplyAsync(
            () -> CollectedBody.of(request.bodyPublisher().orElseThrow()), executor)
        .thenCompose(collected -> collected)
        .whenCompleteAsync(this::collected, executor);
    request.timeout().ifPresent(this::endAfter);
    return result;
  }

  /** The client's own clock starts when the body is there, the application's has by now. */
  private void endAfter(Duration limit) {
    CompletableFuture.delayedExecutor(limit.toNanos(), NANOSECONDS, Runnable::run)
        .execute(() -> result.completeExceptionally(timeout()));
  }

  /** How the client ends a call that takes too long. */
  static <T> CompletableFuture<HttpResponse<T>> timedOut() {
    return CompletableFuture.failedFuture(timeout());
  }

  private static HttpTimeoutException timeout() {
    return new HttpTimeoutException("request timed out");
  }

  private void collected(byte @Nullable [] body, @Nullable Throwable failure) {
    if (body == null) {
      result.completeExceptionally(failure == null ? new IllegalStateException() : failure);
    } else if (!result.isDone()) {
      caller.run(() -> send(body));
    }
  }

  private void send(byte[] body) {
    try {
      result.follow(send(JdkSeam.replaying(request, body, false)));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }
}
