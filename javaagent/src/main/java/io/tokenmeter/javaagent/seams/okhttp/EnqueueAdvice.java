package io.tokenmeter.javaagent.seams.okhttp;

import io.tokenmeter.javaagent.runtime.Advice;
import io.tokenmeter.javaagent.runtime.Nesting;
import org.jspecify.annotations.Nullable;

/** On {@code RealCall.enqueue(Callback)}: a metered call's sending moves to another thread. */
public final class EnqueueAdvice extends Advice {
  @Override
  protected @Nullable Object @Nullable [] entering(Object self, @Nullable Object[] arguments) {
    if (Nesting.isInside()) {
      Nesting.mark(self);
    }
    return null;
  }
}
