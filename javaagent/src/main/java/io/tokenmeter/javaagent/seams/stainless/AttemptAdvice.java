package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.javaagent.runtime.Advice;
import io.tokenmeter.javaagent.runtime.Nesting;
import org.jspecify.annotations.Nullable;

/**
 * Around {@code execute} and {@code executeAsync} of the HTTP clients below the retry loop, the
 * libraries' own and Spring AI's: each attempt of a metered call, a repeated one on a timer's
 * thread. It is known by the request's body, which all attempts share.
 */
public final class AttemptAdvice extends Advice {
  private static final @Nullable Object[] ENTERED = {null};

  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    Object request = arguments[0];
    return request != null
            && !Nesting.isInside()
            && Nesting.isMarked(Library.of(request).requests().bodyOf(request))
            && Nesting.enter()
        ? ENTERED
        : null;
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
