package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.javaagent.runtime.Advice;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * On {@code CallServerInterceptor.intercept(Chain)}: no interceptor can fail the call unsent now.
 */
public final class SendingAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    if (arguments[0] instanceof Interceptor.Chain chain) {
      OkHttpSeam.sending(chain.call());
    }
    return null;
  }
}
