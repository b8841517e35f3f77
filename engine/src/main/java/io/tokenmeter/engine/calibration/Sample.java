package io.tokenmeter.engine.calibration;

import io.tokenmeter.tokenizers.InputEstimate;

/**
 * What one call teaches: how its request was counted, and what the provider says it was.
 *
 * @param text tokens of the base encoding
 * @param rules tokens that the counting rules add
 * @param reported the provider's figure, above 0
 */
record Sample(long text, long rules, long reported) {
  /**
   * Less text says little of a tokenizer: framing and what the provider adds weigh more. Holds on
   * so small requests live by the slack that the rules have for them.
   */
  private static final long LEAST_TEXT = 64;

  /** Whether the call teaches anything: enough text, and nothing that is guessed from bytes. */
  static boolean teaches(InputEstimate estimate, long reported) {
    return estimate.roughTokens() == 0 && estimate.textTokens() >= LEAST_TEXT && reported > 0;
  }

  static Sample of(InputEstimate estimate, long reported) {
    return new Sample(estimate.textTokens(), estimate.ruleTokens(), reported);
  }

  /**
   * Whether the tokenizer's factor can be told from it: there is not much else (images, prompts
   * that come with tools) whose own error would be taken for the tokenizer's.
   */
  boolean tellsFactor() {
    return rules <= text / 2 && reported > rules;
  }

  /** The factor that would have been right. */
  double factor() {
    return (reported - rules) / (double) text;
  }

  /**
   * The margin that would have been needed on an estimate by that factor.
   *
   * @param slack tokens that were held on top of it
   */
  double excess(double factor, long slack) {
    return (reported - slack) / estimate(factor) - 1;
  }

  /** How far off the estimate by that factor is, as a share of the reported figure. */
  double error(double factor) {
    return Math.abs(estimate(factor) - reported) / reported;
  }

  private double estimate(double factor) {
    return Math.max(1, text * factor + rules);
  }
}
