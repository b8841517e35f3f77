package io.tokenmeter.providers.wire;

import io.tokenmeter.api.Usage;

/**
 * How one dialect ends a stream early. Sees each event, and writes the last ones. Not thread-safe.
 */
public interface EarlyEnding {
  /** Takes the data of an event, or an element of an array. It may be anything. */
  void event(byte[] data);

  /** Whether the provider has said why the answer ends. */
  boolean isOver();

  /** Writes the last events. */
  void write(Usage usage, Events events);

  /** Takes events in the framing of the stream. */
  interface Events {
    /**
     * @param name the event's name; empty for none
     */
    void add(String name, Json.Writing data);

    /** The mark that OpenAI's streams end with. */
    void done();
  }
}
