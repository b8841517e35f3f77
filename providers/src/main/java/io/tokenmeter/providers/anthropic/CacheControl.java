package io.tokenmeter.providers.anthropic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tokenmeter.api.TokenClass;

/**
 * Whether a request asks for its input to be cached: written tokens cost 1.25 times the input price
 * for five minutes, twice for an hour (Anthropic's pricing page). {@code cache_control} may stand
 * on any block at any depth, so its bytes are looked for; text that contains them is escaped and
 * does not match.
 */
final class CacheControl {
  private static final byte[] MARK = "\"cache_control\"".getBytes(US_ASCII);
  private static final byte[] HOUR = "\"1h\"".getBytes(US_ASCII);

  private static final int CACHED = 1;
  private static final int FOR_AN_HOUR = 2;

  private CacheControl() {}

  /** What the bytes hold, as bits; those of parts add up to those of the whole. */
  static int marks(byte[] body, int from, int to) {
    return (contains(body, from, to, MARK) ? CACHED : 0)
        | (contains(body, from, to, HOUR) ? FOR_AN_HOUR : 0);
  }

  /** The dearest class that input is billed in by a request with these marks. */
  static TokenClass dearestInput(int marks) {
    if ((marks & CACHED) == 0) {
      return TokenClass.UNCACHED_INPUT;
    }
    return (marks & FOR_AN_HOUR) == 0 ? TokenClass.CACHE_WRITE_5M : TokenClass.CACHE_WRITE_1H;
  }

  private static boolean contains(byte[] body, int from, int to, byte[] bytes) {
    for (int start = from; start <= to - bytes.length; start++) {
      int matched = 0;
      while (matched < bytes.length && body[start + matched] == bytes[matched]) {
        matched++;
      }
      if (matched == bytes.length) {
        return true;
      }
    }
    return false;
  }
}
