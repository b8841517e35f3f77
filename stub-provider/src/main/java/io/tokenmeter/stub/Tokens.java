package io.tokenmeter.stub;

/**
 * The usage that an answer reports, in sums that hold for every provider; each wire format says it
 * in its own words.
 *
 * @param input everything that was sent, cached tokens included
 * @param cacheRead the part of {@code input} that came from a cache
 * @param cacheWrite the part of {@code input} that was written to a cache
 * @param output everything that was produced, reasoning included
 * @param reasoning the part of {@code output} that is hidden
 */
public record Tokens(long input, long cacheRead, long cacheWrite, long output, long reasoning) {

  /** Usage without caches and reasoning. */
  public static Tokens of(long input, long output) {
    return new Tokens(input, 0, 0, output, 0);
  }

  public long total() {
    return input + output;
  }
}
