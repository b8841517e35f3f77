package io.tokenmeter.engine;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;

/**
 * What a call is to be sent as, in so far as it decides on what the call may cost.
 *
 * @param input as the model's own tokenizer counts it, when it is first asked for
 * @param dearestInput the dearest class that the input can be billed in
 * @param maxOutput tokens that one answer is taken to have at most
 * @param choices how many answers are asked for, at least 1
 * @param limited whether the request says {@code maxOutput} or is to say it; otherwise it is what
 *     the configuration supposes
 */
record Terms(
    String provider,
    String model,
    String operation,
    InputCount input,
    TokenClass dearestInput,
    long maxOutput,
    int choices,
    boolean limited) {

  /** Sums of what a caller states must not overflow; no budget can pay this either. */
  private static final long MOST = Long.MAX_VALUE / 4;

  Terms limitedTo(long tokens) {
    return new Terms(provider, model, operation, input, dearestInput, tokens, choices, true);
  }

  /** Upper bounds of input and output. */
  Usage most() {
    return with(mostOutput());
  }

  /** The input with so much output. */
  Usage with(long output) {
    return Usage.builder()
        .tokens(dearestInput, Math.max(0, Math.min(MOST, input.estimate().upperBound())))
        .tokens(TokenClass.OUTPUT, output)
        .build();
  }

  /** Of all answers together. */
  long mostOutput() {
    return maxOutput > MOST / choices ? MOST : maxOutput * choices;
  }
}
