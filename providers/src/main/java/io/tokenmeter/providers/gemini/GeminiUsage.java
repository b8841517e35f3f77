package io.tokenmeter.providers.gemini;

import static io.tokenmeter.providers.wire.Tokens.UNKNOWN;
import static io.tokenmeter.providers.wire.Tokens.orZero;
import static io.tokenmeter.providers.wire.Tokens.partOf;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Shape;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The figures of {@code usageMetadata}. Cached tokens are inside the prompt; thoughts stand beside
 * the candidates and what tools added beside the prompt, unless the total says otherwise. The last
 * chunk's figures stand.
 */
final class GeminiUsage {
  private long prompt = UNKNOWN;
  private long cached = UNKNOWN;
  private long toolPrompt = UNKNOWN;
  private long candidates = UNKNOWN;
  private long thoughts = UNKNOWN;
  private long total = UNKNOWN;
  private long promptAudio = UNKNOWN;
  private long cachedAudio = UNKNOWN;
  private long candidatesAudio = UNKNOWN;

  /** The element of a list of modalities that is being read. */
  private String modality = "";

  private long modalityTokens = UNKNOWN;

  /** Declares where the figures stand. */
  static Shape<GeminiAnswer> declare(Shape<GeminiAnswer> shape, String at) {
    audio(shape, at + "promptTokensDetails[]", (u, n) -> u.promptAudio = n);
    audio(shape, at + "cacheTokensDetails[]", (u, n) -> u.cachedAudio = n);
    audio(shape, at + "candidatesTokensDetails[]", (u, n) -> u.candidatesAudio = n);
    return shape
        .number(at + "promptTokenCount", (a, n) -> a.figures().prompt = n)
        .number(at + "cachedContentTokenCount", (a, n) -> a.figures().cached = n)
        .number(at + "toolUsePromptTokenCount", (a, n) -> a.figures().toolPrompt = n)
        .number(at + "candidatesTokenCount", (a, n) -> a.figures().candidates = n)
        .number(at + "thoughtsTokenCount", (a, n) -> a.figures().thoughts = n)
        .number(at + "totalTokenCount", (a, n) -> a.figures().total = n);
  }

  /** The element of a list of modalities that is about audio. */
  private static void audio(
      Shape<GeminiAnswer> shape, String list, ObjLongConsumer<GeminiUsage> sink) {
    shape
        .text(list + ".modality", (a, name) -> a.figures().modality = name)
        .number(list + ".tokenCount", (a, n) -> a.figures().modalityTokens = n)
        .after(
            list,
            a -> {
              GeminiUsage figures = a.figures();
              if (figures.modality.equals("AUDIO") && figures.modalityTokens != UNKNOWN) {
                sink.accept(figures, figures.modalityTokens);
              }
              figures.modality = "";
              figures.modalityTokens = UNKNOWN;
            });
  }

  @Nullable Usage normalised() {
    if (prompt == UNKNOWN && candidates == UNKNOWN && total == UNKNOWN) {
      return null;
    }
    long tool = orZero(toolPrompt);
    long out = orZero(candidates);
    long thought = orZero(thoughts);
    long in = prompt == UNKNOWN ? orZero(total - tool - out - thought) : prompt;
    if (total != UNKNOWN) {
      long beyondTotal = in + tool + out + thought - total;
      long thoughtsCountedTwice = partOf(Math.min(out, thought), beyondTotal);
      long toolsCountedTwice = partOf(Math.min(in, tool), beyondTotal - thoughtsCountedTwice);
      out += orZero(-beyondTotal) - thoughtsCountedTwice;
      in -= toolsCountedTwice;
    }
    Usage.Builder usage = Usage.builder();
    if (prompt != UNKNOWN || total != UNKNOWN) {
      long read = partOf(in, cached);
      long audio = partOf(in - read, orZero(promptAudio) - partOf(read, cachedAudio));
      usage.tokens(TokenClass.UNCACHED_INPUT, in - read - audio);
      state(usage, TokenClass.CACHE_READ, cached, read);
      state(usage, TokenClass.AUDIO_INPUT, promptAudio, audio);
    }
    state(usage, TokenClass.TOOL_INPUT, toolPrompt, tool);
    if (candidates != UNKNOWN || out > 0) {
      long audio = partOf(out, candidatesAudio);
      usage.tokens(TokenClass.OUTPUT, out - audio);
      state(usage, TokenClass.AUDIO_OUTPUT, candidatesAudio, audio);
    }
    state(usage, TokenClass.REASONING, thoughts, thought);
    return usage.build();
  }

  private static void state(Usage.Builder usage, TokenClass tokens, long reported, long count) {
    if (reported != UNKNOWN) {
      usage.tokens(tokens, count);
    }
  }
}
