package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.javaagent.runtime.Nesting;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * Around {@code execute} and {@code executeAsync} of the HTTP clients below the retry loop, the
 * libraries' own and Spring AI's: each attempt of a metered call, a repeated one on a timer's
 * thread. It is known by the request's body, which all attempts share: the one that the call came
 * with or, where the retry loop has wrapped that, the one that the first attempt is seen with,
 * still on the caller's thread.
 */
public final class AttemptAdvice {
  private AttemptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static boolean enter(@Advice.Argument(0) @Nullable Object request) {
    Object body = request == null ? null : Library.of(request).requests().bodyOf(request);
    if (body == null) {
      return false;
    }
    boolean marked = Nesting.isMarked(body);
    if (Nesting.isInside()) {
      if (!marked) {
        Nesting.mark(body);
      }
      return false;
    }
    return marked && Nesting.enter();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter boolean entered) {
    if (entered) {
      Nesting.leave();
    }
  }
}
