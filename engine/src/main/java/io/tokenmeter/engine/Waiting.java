package io.tokenmeter.engine;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a budget. What it came to is an exchange to go on with, whose verdict is
 * final; or null, if it is to be sent untouched. Thread-safe.
 */
public final class Waiting implements Verdict {
  private static final long LOOKS_EVERY_MILLIS = 50;

  private final CompletableFuture<Optional<Exchange>> outcome;
  private final Runnable onCancel;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param onCancel done at most once, if the call is given up before its turn
   */
  Waiting(CompletableFuture<Optional<Exchange>> outcome, Runnable onCancel) {
    this.outcome = outcome;
    this.onCancel = onCancel;
  }

  /**
   * Waits on the calling thread.
   *
   * @param cancelled asked now and then whether the application has given the call up; null is
   *     returned then
   * @throws InterruptedException when the thread is interrupted; the call has been given up then
   */
  public @Nullable Exchange await(BooleanSupplier cancelled) throws InterruptedException {
    try {
      while (!cancelled.getAsBoolean()) {
        try {
          Optional<Exchange> exchange = outcome.get(LOOKS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
          return over.compareAndSet(false, true) ? exchange.orElse(null) : null;
        } catch (TimeoutException notYet) {
          // asks again
        }
      }
      cancel();
      return null;
    } catch (ExecutionException cannotHappen) {
      return null;
    } catch (InterruptedException interrupted) {
      cancel();
      throw interrupted;
    }
  }

  /** Goes on elsewhere as soon as the outcome is known; not after {@link #cancel}. */
  public void then(Executor executor, Consumer<@Nullable Exchange> next) {
    outcome.thenAcceptAsync(
        exchange -> {
          if (over.compareAndSet(false, true)) {
            next.accept(exchange.orElse(null));
          }
        },
        executor);
  }

  /**
   * The application has given the call up. It is not sent, and nothing is held for it. Does nothing
   * once the call goes on.
   */
  public void cancel() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (outcome.cancel(false)) {
      onCancel.run();
    } else {
      outcome.thenAccept(exchange -> exchange.ifPresent(Exchange::notSent));
    }
  }
}
