package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.javaagent.runtime.Advice;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Around the private {@code HttpClientImpl.sendAsync(HttpRequest, BodyHandler, PushPromiseHandler,
 * Executor)}, which {@code send} and every {@code sendAsync} go through exactly once.
 */
public final class SendAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    Object request = arguments[0];
    Object bodyHandler = arguments[1];
    return request == null || bodyHandler == null
        ? null
        : JdkSeam.open(
            (HttpClient) self,
            (HttpRequest) request,
            (BodyHandler<?>) bodyHandler,
            (PushPromiseHandler<?>) arguments[2],
            arguments[3] != null);
  }

  @Override
  @SuppressWarnings("unchecked") // the woven method's own type
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    return JdkSeam.close(entered, (CompletableFuture<HttpResponse<?>>) result, thrown);
  }
}
