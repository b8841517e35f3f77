package io.tokenmeter.providers.openai;

import static io.tokenmeter.providers.wire.Tokens.UNKNOWN;
import static io.tokenmeter.providers.wire.Tokens.orZero;
import static io.tokenmeter.providers.wire.Tokens.partOf;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a {@code usage} object. Cached, written and audio tokens are inside the input,
 * reasoning and audio inside the output. Some compatible providers (xAI, Gemini) leave reasoning
 * out of the output; their total shows it.
 */
final class OpenAiUsage {
  private long input = UNKNOWN;
  private long cached = UNKNOWN;
  private long cacheWritten = UNKNOWN;
  private long audioInput = UNKNOWN;
  private long output = UNKNOWN;
  private long reasoning = UNKNOWN;
  private long audioOutput = UNKNOWN;
  private long total = UNKNOWN;

  /** Declares where the figures stand. */
  static <A extends OpenAiAnswer> Shape<A> declare(Shape<A> shape, String at) {
    for (String in : new String[] {"prompt_tokens", "input_tokens"}) {
      String details = at + in + "_details.";
      shape
          .number(at + in, (a, n) -> a.figures().input = n)
          .number(details + "cached_tokens", (a, n) -> a.figures().cached = n)
          .number(details + "cache_write_tokens", (a, n) -> a.figures().cacheWritten = n)
          .number(details + "audio_tokens", (a, n) -> a.figures().audioInput = n);
    }
    for (String out : new String[] {"completion_tokens", "output_tokens"}) {
      String details = at + out + "_details.";
      shape
          .number(at + out, (a, n) -> a.figures().output = n)
          .number(details + "reasoning_tokens", (a, n) -> a.figures().reasoning = n)
          .number(details + "audio_tokens", (a, n) -> a.figures().audioOutput = n);
    }
    return shape
        // DeepSeek's own name; it sends OpenAI's too.
        .number(at + "prompt_cache_hit_tokens", (a, n) -> a.figures().cached = n)
        .number(at + "total_tokens", (a, n) -> a.figures().total = n);
  }

  @Nullable Usage normalised() {
    if (input == UNKNOWN && output == UNKNOWN && total == UNKNOWN) {
      return null;
    }
    Usage.Builder usage = Usage.builder();
    // Voyage states the total alone.
    long in = input == UNKNOWN ? orZero(total - orZero(output)) : input;
    if (input != UNKNOWN || total != UNKNOWN) {
      long read = partOf(in, cached);
      long written = partOf(in - read, cacheWritten);
      long audio = partOf(in - read - written, audioInput);
      usage.tokens(TokenClass.UNCACHED_INPUT, in - read - written - audio);
      state(usage, TokenClass.CACHE_READ, cached, read);
      state(usage, TokenClass.CACHE_WRITE_5M, cacheWritten, written);
      state(usage, TokenClass.AUDIO_INPUT, audioInput, audio);
    }
    long out = orZero(output) + orZero(total - in - orZero(output));
    if (output != UNKNOWN || out > 0) {
      long audio = partOf(out, audioOutput);
      long thought = partOf(out - audio, reasoning);
      usage.tokens(TokenClass.OUTPUT, out - audio - thought);
      state(usage, TokenClass.REASONING, reasoning, thought);
      state(usage, TokenClass.AUDIO_OUTPUT, audioOutput, audio);
    }
    return usage.build();
  }

  private static void state(Usage.Builder usage, TokenClass tokens, long reported, long count) {
    if (reported != UNKNOWN) {
      usage.tokens(tokens, count);
    }
  }
}
