package io.tokenmeter.engine.calibration;

import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.TextFactor;

/**
 * What is known of one model's tokenizer. Immutable; each call makes the next one of it.
 *
 * <p>The factor is a running mean of the factors that would have been right, on a logarithmic
 * scale, over some fifty calls. A call that is far off counts as one at the edge of what is usual,
 * so that caches, hidden prompts and false reports move it little; if many calls are off, that is
 * what is usual. The margin follows the excess over the estimate that one call in a hundred passes:
 * passed, it grows by a third, otherwise it shrinks by three in a thousand.
 *
 * @param encoding the base encoding that the factor refers to
 * @param factor tokens of the model a token of the base encoding
 * @param meanError running mean of |estimated - reported| / reported, each at most 1
 * @param margin what to hold on top of an estimate, as a fraction
 * @param calls how many calls it was learned from
 */
public record Learned(String encoding, double factor, double meanError, double margin, long calls) {
  /** The start counts as much as so many calls. */
  private static final int WEIGHT_OF_START = 2;

  /** The means run over about so many calls. */
  private static final int MEMORY = 50;

  /**
   * On the logarithmic scale: what is taken in full of a call's distance, however exact the rest.
   */
  private static final double LEAST_USUAL = 0.02;

  /** Of the mean error: beyond, a call is an outlier. */
  private static final double USUAL_ERRORS = 3;

  /** At the start the margin is taken for so many mean errors. */
  private static final double ERRORS_IN_MARGIN = 4;

  /** The step of the margin on a logarithmic scale, and how many calls may pass it. */
  private static final double MARGIN_STEP = 0.3;

  private static final double MAY_PASS = 0.01;

  /** No learned margin is smaller: what is not seen yet in a hundred calls may come. */
  static final double LEAST_MARGIN = 0.02;

  static final double MOST_MARGIN = 1;

  /** What the rules say, before the first call. */
  static Learned start(FactorRule rule) {
    TextFactor start = rule.start();
    return new Learned(
        rule.encoding(), start.factor(), start.margin() / ERRORS_IN_MARGIN, start.margin(), 0);
  }

  /** This, as far as the rule allows; the start where it is about another encoding. */
  Learned within(FactorRule rule) {
    if (!encoding.equals(rule.encoding())) {
      return start(rule);
    }
    return new Learned(
        encoding,
        clamp(factor, rule.least(), rule.most()),
        clamp(meanError, 0, 1),
        clamp(margin, leastMargin(rule), MOST_MARGIN),
        Math.max(0, calls));
  }

  /** This and one call more. */
  Learned with(Sample call, FactorRule rule) {
    double gain = 1.0 / (Math.min(calls, MEMORY - WEIGHT_OF_START) + WEIGHT_OF_START + 1);
    double error = Math.min(1, call.error(factor));
    double nextFactor = rule.isLearned() && call.tellsFactor() ? factor(call, rule, gain) : factor;
    double passed = call.excess(factor, rule.slack()) > margin ? 1 - MAY_PASS : -MAY_PASS;
    return new Learned(
            encoding,
            nextFactor,
            meanError + gain * (error - meanError),
            margin * Math.exp(MARGIN_STEP * passed),
            calls + 1)
        .within(rule);
  }

  private double factor(Sample call, FactorRule rule, double gain) {
    double told = clamp(call.factor(), rule.least(), rule.most());
    double usual = Math.max(LEAST_USUAL, USUAL_ERRORS * meanError);
    double distance = clamp(Math.log(told / factor), -usual, usual);
    return factor * Math.exp(gain * distance);
  }

  /** Where the tokenizer is known, the margin is for the framing, which no call proves exact. */
  private static double leastMargin(FactorRule rule) {
    double start = rule.start().margin();
    return rule.isLearned() ? Math.min(start, LEAST_MARGIN) : Math.min(start, MOST_MARGIN);
  }

  TextFactor toFactor() {
    return new TextFactor(factor, margin);
  }

  private static double clamp(double value, double least, double most) {
    return Double.isNaN(value) ? least : Math.max(least, Math.min(most, value));
  }
}
