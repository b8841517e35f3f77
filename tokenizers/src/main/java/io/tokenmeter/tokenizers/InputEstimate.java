package io.tokenmeter.tokenizers;

/**
 * How many tokens a request is expected to be billed for.
 *
 * @param tokens the best estimate
 * @param upperBound what to hold for it, at least {@code tokens}; the margin reflects how well the
 *     model's tokenizer and counting rules are known
 */
public record InputEstimate(long tokens, long upperBound) {}
