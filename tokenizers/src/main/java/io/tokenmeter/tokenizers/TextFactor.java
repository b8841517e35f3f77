package io.tokenmeter.tokenizers;

/**
 * How a model's tokenizer relates to its base encoding.
 *
 * @param factor tokens of the model a token of the base encoding, above 0
 * @param margin what to hold on top of an estimate made with it, as a fraction, not negative
 */
public record TextFactor(double factor, double margin) {}
