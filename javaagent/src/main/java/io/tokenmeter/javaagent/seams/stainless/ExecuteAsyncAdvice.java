package io.tokenmeter.javaagent.seams.stainless;

import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Around {@code RetryingHttpClient.executeAsync(HttpRequest, RequestOptions)}. */
public final class ExecuteAsyncAdvice {
  private ExecuteAsyncAdvice() {}

  /**
   * @return null to let the call go untouched, or a future to give in place of sending, the
   *     exchange, and the request
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class,
      skipOnIndex = 0)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 0, index = 2, typing = Typing.DYNAMIC))
  public static @Nullable Object @Nullable [] enter(
      @Advice.This Object client,
      @Advice.Argument(0) Object request,
      @Advice.Argument(1) Object options) {
    return StainlessSeam.open(client, request, options);
  }

  @SuppressWarnings("unchecked") // the woven method's own type
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.This Object client,
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object future,
      @Advice.Thrown @Nullable Throwable thrown) {
    return entered == null
        ? null
        : StainlessSeam.closeAsync(client, entered, (CompletableFuture<Object>) future, thrown);
  }
}
