package io.tokenmeter.api;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.api.spi.Backend;
import io.tokenmeter.api.spi.Protocol;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hold on every budget that a call falls under. It ends exactly once: {@link #settle settled}
 * with what the call used, or {@link #release released} unspent. {@link #close()} releases what has
 * not been settled, so that a call that failed costs nothing.
 *
 * <p>Thread-safe. No method throws after the reservation has ended; the later call has no effect.
 */
public final class Reservation implements AutoCloseable {
  private final @Nullable Backend backend;
  private final @Nullable Object handle;
  private final AtomicBoolean ended = new AtomicBoolean();

  Reservation(@Nullable Backend backend, @Nullable Object handle) {
    this.backend = backend;
    this.handle = handle;
  }

  /**
   * Charges what the call used in place of what was held, be it less or more.
   *
   * @return whether this call ended the reservation
   */
  public boolean settle(Usage usage) {
    requireNonNull(usage, "usage");
    Map<String, Object> counts = new LinkedHashMap<>();
    for (TokenClass tokenClass : TokenClass.values()) {
      if (usage.isKnown(tokenClass)) {
        counts.put(tokenClass.label(), usage.tokens(tokenClass));
      }
    }
    return end(Protocol.SETTLE, counts);
  }

  /**
   * Gives the hold back.
   *
   * @return whether this call ended the reservation
   */
  public boolean release() {
    return end(Protocol.RELEASE, Map.of());
  }

  /** {@linkplain #release Releases} what has not been settled. */
  @Override
  public void close() {
    release();
  }

  private boolean end(String operation, Map<String, Object> usage) {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    if (backend != null && handle != null) {
      backend.call(operation, Map.of(Protocol.HANDLE, handle, Protocol.USAGE, usage));
    }
    return true;
  }
}
