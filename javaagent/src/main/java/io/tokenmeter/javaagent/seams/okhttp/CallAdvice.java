package io.tokenmeter.javaagent.seams.okhttp;

import java.io.IOException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Around {@code RealCall.getResponseWithInterceptorChain()}. */
public final class CallAdvice {
  private CallAdvice() {}

  /**
   * @return null to let the call go untouched, or a response to give (or an exception to throw) in
   *     place of sending, and the state for the exit
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class,
      skipOnIndex = 0)
  public static @Nullable Object @Nullable [] enter(@Advice.This Object call) throws IOException {
    return OkHttpSeam.open(call);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(
      @Advice.Enter @Nullable Object @Nullable [] entered,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object response,
      @Advice.Thrown @Nullable Throwable thrown) {
    return entered == null ? null : OkHttpSeam.close(entered, response, thrown);
  }
}
