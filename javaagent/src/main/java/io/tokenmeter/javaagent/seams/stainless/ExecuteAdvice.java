package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.javaagent.runtime.Advice;
import org.jspecify.annotations.Nullable;

/** Around {@code RetryingHttpClient.execute(HttpRequest, RequestOptions)}. */
public final class ExecuteAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    return StainlessSeam.open(self, arguments[0], null);
  }

  @Override
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    return StainlessSeam.close(self, entered, result, thrown);
  }
}
