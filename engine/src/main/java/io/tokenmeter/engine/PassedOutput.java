package io.tokenmeter.engine;

import io.tokenmeter.tokenizers.StreamCounter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has passed of a model's output. A short one is set aside uncounted: most providers report
 * usage, and then the count is not needed. For one thread at a time.
 */
final class PassedOutput {
  private static final int MAX_UNCOUNTED_CHARS = 16 * 1024;

  /** A token has at least a byte, and a char at most three of them in UTF-8. */
  private static final int MAX_TOKENS_A_CHAR = 3;

  private final Supplier<StreamCounter> counters;
  private final StringBuilder uncounted = new StringBuilder(0);
  private @Nullable StreamCounter counter;
  private boolean begun;
  private long mostTokens;

  PassedOutput(Supplier<StreamCounter> counters) {
    this.counters = counters;
  }

  void add(CharSequence piece) {
    begun = true;
    mostTokens += (long) MAX_TOKENS_A_CHAR * piece.length();
    if (counter == null && uncounted.length() + piece.length() <= MAX_UNCOUNTED_CHARS) {
      uncounted.append(piece);
    } else {
      counter().append(piece);
    }
  }

  boolean hasBegun() {
    return begun;
  }

  /** No fewer tokens than have passed; known without counting. */
  long mostTokens() {
    return mostTokens;
  }

  /** Counts what has passed so far. */
  long tokens() {
    mostTokens = begun ? counter().tokens() : 0;
    return mostTokens;
  }

  /** What waits to be counted. */
  long bytesAside() {
    return (long) Character.BYTES * uncounted.length();
  }

  private StreamCounter counter() {
    StreamCounter known = counter;
    if (known == null) {
      known = counter = counters.get();
      known.append(uncounted);
      uncounted.setLength(0);
    }
    return known;
  }
}
