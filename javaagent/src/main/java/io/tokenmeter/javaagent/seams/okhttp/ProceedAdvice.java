package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.javaagent.runtime.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code RealInterceptorChain.proceed(Request)}: puts a rewritten request in. */
public final class ProceedAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    Object request = arguments[0];
    Object replacement = request == null ? null : RequestReplacement.of(request);
    return replacement == null ? null : new @Nullable Object[] {null, null, replacement};
  }
}
