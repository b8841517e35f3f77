package io.tokenmeter.api;

/**
 * The disjoint classes that a call's tokens fall into. Each token belongs to exactly one class, so
 * the sum over all classes is the call's total and nothing is priced twice.
 *
 * <p>Providers report overlapping figures: OpenAI counts cached tokens inside {@code prompt_tokens}
 * and reasoning inside {@code completion_tokens}, Anthropic leaves cached ones out of {@code
 * input_tokens}, Gemini leaves thoughts out of {@code candidatesTokenCount}. They are normalised to
 * these classes where the response is read.
 */
public enum TokenClass {
  /** Input that no cache served: text, images, files. */
  UNCACHED_INPUT("uncached_input", true),
  /** Input audio that no cache served. */
  AUDIO_INPUT("audio_input", true),
  /** Input that the provider read from its prompt cache. */
  CACHE_READ("cache_read", true),
  /** Input that was written to the prompt cache for five minutes, or for an unstated time. */
  CACHE_WRITE_5M("cache_write_5m", true),
  /** Input that was written to the prompt cache for one hour. */
  CACHE_WRITE_1H("cache_write_1h", true),
  /** Input that the provider's own tools added to the prompt. */
  TOOL_INPUT("tool_input", true),
  /** Visible output: text and tool calls. */
  OUTPUT("output", false),
  /** Hidden output: reasoning, thoughts. */
  REASONING("reasoning", false),
  /** Output audio. */
  AUDIO_OUTPUT("audio_output", false);

  private final String label;
  private final boolean input;

  TokenClass(String label, boolean input) {
    this.label = label;
    this.input = input;
  }

  /** The class's name in metrics, files and configuration: lower case with underscores. */
  public String label() {
    return label;
  }

  /** Whether these tokens were sent to the model; the others came back from it. */
  public boolean isInput() {
    return input;
  }
}
