package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.javaagent.runtime.Advice;
import io.tokenmeter.javaagent.runtime.Nesting;
import org.jspecify.annotations.Nullable;

/**
 * Around {@code execute} and {@code executeAsync} of the HTTP clients below the retry loop, the
 * libraries' own and Spring AI's: each attempt of a metered call, a repeated one on a timer's
 * thread. It is known by the request's body, which all attempts share: the one that the call came
 * with or, where the retry loop has wrapped that, the one that the first attempt is seen with,
 * still on the caller's thread.
 */
public final class AttemptAdvice extends Advice {
  private static final @Nullable Object[] ENTERED = {null};

  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    Object request = arguments[0];
    Object body = request == null ? null : Library.of(request).requests().bodyOf(request);
    if (body == null) {
      return null;
    }
    boolean marked = Nesting.isMarked(body);
    if (Nesting.isInside()) {
      if (!marked) {
        Nesting.mark(body);
      }
      return null;
    }
    return marked && Nesting.enter() ? ENTERED : null;
  }

  @Override
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    Nesting.leave();
    return null;
  }
}
