package io.tokenmeter.tokenizers;

/** The tokens of a request or a part of it, by how sure they are. For one thread. */
final class RequestTokens {
  /** Text, in tokens of the base encoding. */
  long text;

  /** What the provider's rules say, in tokens of the model itself. */
  long exact;

  /** What only a rule of thumb is known of, in tokens of the model itself. */
  long rough;

  /** Whether there is a message with a role, which brings the reply's priming along. */
  boolean framed;

  /** Whether there is a tool, which brings the prompt for tools along. */
  boolean tools;

  void add(RequestTokens part) {
    text += part.text;
    exact += part.exact;
    rough += part.rough;
    framed |= part.framed;
    tools |= part.tools;
  }

  void add(RequestMemory.Entry part) {
    text += part.text;
    exact += part.exact;
    rough += part.rough;
    framed |= part.framed;
    tools |= part.tools;
  }

  /**
   * The estimate.
   *
   * @param factor from tokens of the base encoding to those of the model
   * @param slack tokens to hold on top of messages and tools, whatever their size; bare text has no
   *     framing to be wrong about
   * @param roughMargin to hold on top of what is rough, as a fraction
   */
  InputEstimate estimate(TextFactor factor, long slack, double roughMargin) {
    long sure = Math.round(text * factor.factor()) + exact;
    long upperBound =
        (long) Math.ceil(sure * (1 + factor.margin()))
            + (long) Math.ceil(rough * (1 + roughMargin))
            + (framed || tools ? slack : 0);
    return new InputEstimate(sure + rough, upperBound, text, exact, rough);
  }
}
