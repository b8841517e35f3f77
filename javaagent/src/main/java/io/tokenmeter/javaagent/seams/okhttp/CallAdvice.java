package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.javaagent.runtime.Advice;
import org.jspecify.annotations.Nullable;

/** Around {@code RealCall.getResponseWithInterceptorChain()}. */
public final class CallAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments)
      throws Exception {
    return OkHttpSeam.open(self);
  }

  @Override
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    return OkHttpSeam.close(entered, result, thrown);
  }
}
