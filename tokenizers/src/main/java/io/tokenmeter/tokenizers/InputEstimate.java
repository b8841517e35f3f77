package io.tokenmeter.tokenizers;

/**
 * How many tokens a request is expected to be billed for, and what that was made of.
 *
 * @param tokens the best estimate
 * @param upperBound what to hold for it, at least {@code tokens}; the margin reflects how well the
 *     model's tokenizer and counting rules are known
 * @param textTokens its text in tokens of the base encoding, before the model's factor
 * @param ruleTokens what the provider's rules add (framing, images of known size), no factor
 *     applied
 * @param roughTokens what only a rule of thumb is known of (audio, files, images of unknown size)
 */
public record InputEstimate(
    long tokens, long upperBound, long textTokens, long ruleTokens, long roughTokens) {
  /** An estimate that somebody else made. */
  public static InputEstimate stated(long tokens) {
    return new InputEstimate(tokens, tokens, 0, 0, 0);
  }

  /** Whether it was counted here, so that the provider's figure can be compared with it. */
  public boolean isCounted() {
    return textTokens > 0 || ruleTokens > 0 || roughTokens > 0;
  }
}
