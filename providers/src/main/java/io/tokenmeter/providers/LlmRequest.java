package io.tokenmeter.providers;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.tokenizers.Prompt;

/**
 * What a request asks for, whatever its wire dialect.
 *
 * @param provider as in OpenTelemetry's {@code gen_ai.provider.name}: {@code openai}, {@code
 *     anthropic}, {@code gcp.gemini}
 * @param model as stated in the request
 * @param streaming whether the answer is asked for as a stream of events
 * @param maxOutputTokens the most tokens that the request lets one answer have; {@link #UNLIMITED}
 *     where it states none
 * @param choices how many answers are asked for, at least 1
 * @param dearestInput the class with the highest price that this request's input can be billed in:
 *     {@link TokenClass#UNCACHED_INPUT} unless it asks for something dearer, such as writing a
 *     cache
 * @param prompt what is sent to the model
 */
public record LlmRequest(
    String provider,
    Operation operation,
    String model,
    boolean streaming,
    long maxOutputTokens,
    int choices,
    TokenClass dearestInput,
    Prompt prompt) {
  /** The request states no limit to its output. */
  public static final long UNLIMITED = -1;
}
