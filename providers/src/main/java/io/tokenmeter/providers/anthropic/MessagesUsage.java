package io.tokenmeter.providers.anthropic;

import static io.tokenmeter.providers.wire.Tokens.UNKNOWN;
import static io.tokenmeter.providers.wire.Tokens.orZero;
import static io.tokenmeter.providers.wire.Tokens.partOf;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a {@code usage} object. Input leaves out what was read from or written to a cache;
 * thinking is inside the output. In a stream the figures are cumulative, so the last ones stand.
 */
final class MessagesUsage {
  private long input = UNKNOWN;
  private long cacheRead = UNKNOWN;
  private long cacheWritten = UNKNOWN;
  private long written5m = UNKNOWN;
  private long written1h = UNKNOWN;
  private long output = UNKNOWN;
  private long thinking = UNKNOWN;

  /** Declares where the figures stand. */
  static Shape<MessagesAnswer> declare(Shape<MessagesAnswer> shape, String at) {
    return shape
        .number(at + "input_tokens", (a, n) -> a.figures().input = n)
        .number(at + "cache_read_input_tokens", (a, n) -> a.figures().cacheRead = n)
        .number(at + "cache_creation_input_tokens", (a, n) -> a.figures().cacheWritten = n)
        .number(
            at + "cache_creation.ephemeral_5m_input_tokens", (a, n) -> a.figures().written5m = n)
        .number(
            at + "cache_creation.ephemeral_1h_input_tokens", (a, n) -> a.figures().written1h = n)
        .number(at + "output_tokens", (a, n) -> a.figures().output = n)
        .number(at + "output_tokens_details.thinking_tokens", (a, n) -> a.figures().thinking = n);
  }

  @Nullable Usage normalised() {
    if (input == UNKNOWN && output == UNKNOWN) {
      return null;
    }
    Usage.Builder usage = Usage.builder();
    if (input != UNKNOWN) {
      usage.tokens(TokenClass.UNCACHED_INPUT, input);
    }
    if (cacheRead != UNKNOWN) {
      usage.tokens(TokenClass.CACHE_READ, cacheRead);
    }
    if (cacheWritten != UNKNOWN || written5m != UNKNOWN || written1h != UNKNOWN) {
      long written = cacheWritten == UNKNOWN ? orZero(written5m) + orZero(written1h) : cacheWritten;
      long hour = partOf(written, written1h);
      usage.tokens(TokenClass.CACHE_WRITE_5M, written - hour);
      if (written1h != UNKNOWN) {
        usage.tokens(TokenClass.CACHE_WRITE_1H, hour);
      }
    }
    if (output != UNKNOWN) {
      long thought = partOf(output, thinking);
      usage.tokens(TokenClass.OUTPUT, output - thought);
      if (thinking != UNKNOWN) {
        usage.tokens(TokenClass.REASONING, thought);
      }
    }
    return usage.build();
  }
}
