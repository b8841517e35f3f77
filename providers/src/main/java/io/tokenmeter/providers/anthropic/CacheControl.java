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

  private CacheControl() {}

  static TokenClass dearestInput(byte[] body) {
    if (!contains(body, MARK)) {
      return TokenClass.UNCACHED_INPUT;
    }
    return contains(body, HOUR) ? TokenClass.CACHE_WRITE_1H : TokenClass.CACHE_WRITE_5M;
  }

  private static boolean contains(byte[] body, byte[] bytes) {
    for (int start = 0; start <= body.length - bytes.length; start++) {
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
