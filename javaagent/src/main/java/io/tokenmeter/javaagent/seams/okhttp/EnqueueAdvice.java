package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.javaagent.runtime.Nesting;
import net.bytebuddy.asm.Advice;

/** On {@code RealCall.enqueue(Callback)}: a metered call's sending moves to another thread. */
public final class EnqueueAdvice {
  private EnqueueAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object call) {
    if (Nesting.isInside()) {
      Nesting.mark(call);
    }
  }
}
