package io.tokenmeter.javaagent.seams.stainless;

import io.tokenmeter.javaagent.runtime.Advice;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Around {@code RetryingHttpClient.executeAsync(HttpRequest, RequestOptions)}. */
public final class ExecuteAsyncAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    return StainlessSeam.open(self, arguments[0], arguments[1]);
  }

  @Override
  @SuppressWarnings("unchecked") // the woven method's own type
  protected @Nullable Object leaving(
      Object self,
      @Nullable Object[] entered,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    return StainlessSeam.closeAsync(self, entered, (CompletableFuture<Object>) result, thrown);
  }
}
