package io.tokenmeter.javaagent.seams.jdk;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/**
 * Around the private {@code HttpClientImpl.sendAsync(HttpRequest, BodyHandler, PushPromiseHandler,
 * Executor)}, which {@code send} and every {@code sendAsync} go through exactly once.
 */
public final class SendAdvice {
  private SendAdvice() {}

  /**
   * @return null to let the call go untouched, or a future to give in place of sending, the
   *     exchange, the request and the body handler
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class,
      skipOnIndex = 0)
  @Advice.AssignReturned.ToArguments({
    @ToArgument(value = 0, index = 2, typing = Typing.DYNAMIC),
    @ToArgument(value = 1, index = 3, typing = Typing.DYNAMIC)
  })
  public static @Nullable Object @Nullable [] enter(
      @Advice.This Object client,
      @Advice.Argument(0) @Nullable Object request,
      @Advice.Argument(1) @Nullable Object bodyHandler,
      @Advice.Argument(2) @Nullable Object pushHandler,
      @Advice.Argument(3) @Nullable Object exchangeExecutor) {
    return request == null || bodyHandler == null
        ? null
        : JdkSeam.open(
            (HttpClient) client,
            (HttpRequest) request,
            (BodyHandler<?>) bodyHandler,
            (PushPromiseHandler<?>) pushHandler,
            exchangeExecutor != null);
  }

  @SuppressWarnings("unchecked") // the woven method's own type
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object future,
      @Advice.Thrown @Nullable Throwable thrown) {
    return entered == null
        ? null
        : JdkSeam.close(entered, (CompletableFuture<HttpResponse<?>>) future, thrown);
  }
}
