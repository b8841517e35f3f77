package io.tokenmeter.tokenizers;

/**
 * Counts a text that arrives in pieces: the total is that of the concatenation, not the sum over
 * the pieces. Not thread-safe.
 */
public interface StreamCounter {
  /** Adds the next piece. It may end anywhere, inside a surrogate pair too. */
  void append(CharSequence piece);

  /** Tokens of everything appended so far. */
  long tokens();
}
