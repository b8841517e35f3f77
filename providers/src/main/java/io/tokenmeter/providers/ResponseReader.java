package io.tokenmeter.providers;

/**
 * Reads a response while it passes by. Fed with the body's bytes as they arrive (after any content
 * encoding was undone), in pieces cut anywhere; holds at most one stream event. Not thread-safe,
 * never throws.
 */
public interface ResponseReader {
  /** Takes the next bytes; they are not kept after the call. */
  void feed(byte[] bytes, int offset, int length);

  /** What is known so far. May be asked at any time, and after the body has broken off. */
  ResponseFacts facts();
}
