package io.tokenmeter.tokenizers;

/** The tokens of a request while it is counted, by how sure they are. For one thread. */
final class RequestTokens {
  /** Text, in tokens of the base encoding. */
  long text;

  /** What the provider's rules say, in tokens of the model itself. */
  long exact;

  /** What only a rule of thumb is known of, in tokens of the model itself. */
  long rough;

  /**
   * The estimate.
   *
   * @param factor tokens of the model a token of the base encoding
   * @param margin to hold on top of text and rules, as a fraction
   * @param roughMargin to hold on top of the rest, as a fraction
   */
  InputEstimate estimate(double factor, double margin, double roughMargin) {
    long sure = Math.round(text * factor) + exact;
    long upperBound =
        (long) Math.ceil(sure * (1 + margin)) + (long) Math.ceil(rough * (1 + roughMargin));
    return new InputEstimate(sure + rough, upperBound);
  }
}
