package io.tokenmeter.tokenizers;

/**
 * What the counting rules say of a model's tokenizer.
 *
 * @param encoding the base encoding's name
 * @param start the factor and margin to begin with
 * @param least the smallest factor that may be learned
 * @param most the largest; equal to {@code least} where the tokenizer is known and nothing is to be
 *     learned
 * @param slack tokens that are held on top of any request but bare text
 */
public record FactorRule(String encoding, TextFactor start, double least, double most, long slack) {
  /** Whether the factor may change at all. */
  public boolean isLearned() {
    return most > least;
  }
}
