package io.tokenmeter.javaagent.runtime;

import io.tokenmeter.engine.Exchange;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A call that has waited for a budget and goes through its seam once more, on another thread. What
 * the meter said of it is known by then.
 */
public final class Resumption {
  private static final ThreadLocal<@Nullable Resumption> CURRENT = new ThreadLocal<>();

  /** Where calls go on whose caller has no executor of its own. Few at a time: sending is quick. */
  public static final Executor THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tokenmeter-resume");
            thread.setDaemon(true);
            return thread;
          });

  private final Object carrier;
  private final @Nullable Exchange exchange;
  private boolean taken;

  private Resumption(Object carrier, @Nullable Exchange exchange) {
    this.carrier = carrier;
    this.exchange = exchange;
  }

  /**
   * Sends a call again.
   *
   * @param carrier an object that the seam will see, by which it knows the call
   * @param exchange null to send it unmetered
   */
  public static <T> T send(Object carrier, @Nullable Exchange exchange, Callable<T> send)
      throws Exception {
    Resumption resumption = new Resumption(carrier, exchange);
    CURRENT.set(resumption);
    try {
      return send.call();
    } finally {
      CURRENT.remove();
      if (!resumption.taken && exchange != null) {
        exchange.notSent();
      }
    }
  }

  /** The call that this thread sends again, if it is this one. At most once. */
  public static @Nullable Resumption take(Object carrier) {
    Resumption current = CURRENT.get();
    if (current == null || current.carrier != carrier || current.taken) {
      return null;
    }
    current.taken = true;
    return current;
  }

  /** Null if it is to be sent unmetered. */
  public @Nullable Exchange exchange() {
    return exchange;
  }
}
