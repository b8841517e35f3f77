package io.tokenmeter.javaagent.seams.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** On {@code RealInterceptorChain.proceed(Request)}: puts a rewritten request in. */
public final class ProceedAdvice {
  private ProceedAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Typing.DYNAMIC))
  public static @Nullable Object enter(@Advice.Argument(0) Object request) {
    return RequestReplacement.of(request);
  }
}
