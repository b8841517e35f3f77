package io.tokenmeter.providers;

import io.tokenmeter.api.Usage;

/**
 * Watches a streamed answer on its way to the application, so that it can be ended early in the
 * provider's own words. Holds one event at most, and what its last words must repeat. Not
 * thread-safe, never throws.
 */
public interface StreamCutter {
  /**
   * Takes the next bytes (after any content encoding was undone), at most up to the end of an
   * event.
   *
   * @return how many were taken, at least 1 where {@code length} is
   */
  int take(byte[] bytes, int offset, int length);

  /** Whether the last byte that was taken ended an event, so that the stream can end here. */
  boolean isBetweenEvents();

  /** Whether the provider has ended the answer by itself, or is just about to. */
  boolean isOver();

  /**
   * What is to follow the last event: that the limit to output was reached.
   *
   * @param usage that is reported where this stream reports one
   */
  byte[] ending(Usage usage);
}
