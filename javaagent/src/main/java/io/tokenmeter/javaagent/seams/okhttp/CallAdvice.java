package io.tokenmeter.javaagent.seams.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Around {@code RealCall.getResponseWithInterceptorChain()}. */
public final class CallAdvice {
  private CallAdvice() {}

  /**
   * @return null to let the call go untouched, or a response to give in place of sending, and the
   *     state for the exit
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class,
      skipOnIndex = 0)
  public static @Nullable Object @Nullable [] enter(@Advice.This Object call) {
    return OkHttpSeam.open(call);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object response,
      @Advice.Thrown @Nullable Throwable thrown) {
    return entered == null ? null : OkHttpSeam.close(entered, response, thrown);
  }
}
