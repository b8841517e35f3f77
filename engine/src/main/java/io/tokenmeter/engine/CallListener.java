package io.tokenmeter.engine;

import org.jspecify.annotations.Nullable;

/** Hears of calls. What it throws is swallowed and counted. */
public interface CallListener {
  /**
   * A call is about to be admitted or refused. Runs on the call's own thread, so it must be quick;
   * whatever belongs to that thread (a trace context) is to be captured here.
   *
   * @return anything, to be handed to {@link #closed}; null for nothing
   */
  default @Nullable Object opening(OutgoingCall call) {
    return null;
  }

  /**
   * A call has ended, or was refused. Runs on the meter's own thread, one call at a time.
   *
   * @param captured what {@link #opening} returned
   */
  void closed(CallRecord record, @Nullable Object captured);

  /**
   * All calls that had ended by now have been told of: the moment to write what was collected. Runs
   * on the meter's own thread.
   */
  default void batchEnded() {}
}
