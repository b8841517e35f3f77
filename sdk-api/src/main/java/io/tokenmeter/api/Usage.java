package io.tokenmeter.api;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one call, split into disjoint {@linkplain TokenClass classes}. Immutable.
 *
 * <p>A class that was never stated is <em>unknown</em>: it adds nothing to the sums, and {@link
 * #isKnown} tells it from a stated zero.
 */
public final class Usage {
  private static final TokenClass[] CLASSES = TokenClass.values();
  private static final long UNKNOWN = -1;

  private final long[] tokens;

  private Usage(long[] tokens) {
    this.tokens = tokens;
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Usage of a call without caches, reasoning or audio.
   *
   * @param inputTokens tokens sent, at least 0
   * @param outputTokens tokens received, at least 0
   */
  public static Usage of(long inputTokens, long outputTokens) {
    return builder()
        .tokens(TokenClass.UNCACHED_INPUT, inputTokens)
        .tokens(TokenClass.OUTPUT, outputTokens)
        .build();
  }

  /** Tokens of one class; 0 where the class is unknown. */
  public long tokens(TokenClass tokenClass) {
    return Math.max(0, tokens[tokenClass.ordinal()]);
  }

  /** Whether the class was stated, be it as zero. */
  public boolean isKnown(TokenClass tokenClass) {
    return tokens[tokenClass.ordinal()] != UNKNOWN;
  }

  /** All tokens sent to the model, cached ones included. */
  public long inputTokens() {
    return sum(true);
  }

  /** All tokens that the model produced, reasoning included. */
  public long outputTokens() {
    return sum(false);
  }

  /** Input and output together. */
  public long totalTokens() {
    return inputTokens() + outputTokens();
  }

  private long sum(boolean input) {
    long sum = 0;
    for (TokenClass tokenClass : CLASSES) {
      if (tokenClass.isInput() == input) {
        sum += tokens(tokenClass);
      }
    }
    return sum;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Usage && Arrays.equals(tokens, ((Usage) other).tokens);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Usage{");
    for (TokenClass tokenClass : CLASSES) {
      if (isKnown(tokenClass)) {
        text.append(text.length() > "Usage{".length() ? ", " : "")
            .append(tokenClass.label())
            .append('=')
            .append(tokens(tokenClass));
      }
    }
    return text.append('}').toString();
  }

  /** Collects the classes of one call. Not thread-safe. */
  public static final class Builder {
    private final long[] tokens = new long[CLASSES.length];

    private Builder() {
      Arrays.fill(tokens, UNKNOWN);
    }

    /**
     * States the tokens of one class, replacing what was stated before.
     *
     * @param count at least 0
     * @throws IllegalArgumentException if {@code count} is negative
     */
    public Builder tokens(TokenClass tokenClass, long count) {
      requireNonNull(tokenClass, "tokenClass");
      if (count < 0) {
        throw new IllegalArgumentException(
            tokenClass.label() + " tokens must be at least 0, but were " + count);
      }
      tokens[tokenClass.ordinal()] = count;
      return this;
    }

    public Usage build() {
      return new Usage(tokens.clone());
    }
  }
}
