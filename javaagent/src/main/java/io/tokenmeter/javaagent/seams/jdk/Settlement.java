package io.tokenmeter.javaagent.seams.jdk;

import io.tokenmeter.engine.Exchange;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Hears how a call's future ended. */
record Settlement(Exchange exchange)
    implements BiConsumer<@Nullable HttpResponse<?>, @Nullable Throwable> {

  @Override
  public void accept(@Nullable HttpResponse<?> response, @Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CancellationException) {
      exchange.abandoned();
    } else if (cause != null) {
      exchange.failed(cause);
    } else if (response != null && response.body() instanceof InputStream body) {
      // Other kinds of bodies may be let go of while something reads on underneath.
      exchange.watch(body);
    }
  }
}
