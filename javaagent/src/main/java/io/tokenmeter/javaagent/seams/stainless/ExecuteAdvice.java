package io.tokenmeter.javaagent.seams.stainless;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Around {@code RetryingHttpClient.execute(HttpRequest, RequestOptions)}. */
public final class ExecuteAdvice {
  private ExecuteAdvice() {}

  /**
   * @return null to let the call go untouched, or a response to give (or an exception to throw) in
   *     place of sending, the exchange, and the request
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class,
      skipOnIndex = 0)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 0, index = 2, typing = Typing.DYNAMIC))
  public static @Nullable Object @Nullable [] enter(
      @Advice.This Object client, @Advice.Argument(0) Object request) {
    return StainlessSeam.open(client, request, null);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(
      @Advice.This Object client,
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object response,
      @Advice.Thrown @Nullable Throwable thrown) {
    return entered == null ? null : StainlessSeam.close(client, entered, response, thrown);
  }
}
