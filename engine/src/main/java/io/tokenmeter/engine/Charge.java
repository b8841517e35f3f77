package io.tokenmeter.engine;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.tokenizers.InputEstimate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a call is charged.
 *
 * @param usage null if unknown, or if nothing was used
 * @param reported whether it is the provider's figure
 * @param wholeHold whether what was held is charged, because nothing better is known
 */
record Charge(@Nullable Usage usage, boolean reported, boolean wholeHold) {
  static final Charge NOTHING = new Charge(null, false, false);

  private static final Charge HOLD = new Charge(null, false, true);

  /** A usage that the provider, or the application, states. */
  static Charge reported(Usage usage) {
    return new Charge(usage, true, false);
  }

  /**
   * The charge for a call that has ended.
   *
   * @param httpStatus 0 if there was no response
   * @param facts null if there was no response
   * @param unreadable whether bytes came that could not be decoded
   * @param locally what the call used as counted here, given what the provider reported of it
   */
  static Charge of(
      Exchange.Ending ending,
      int httpStatus,
      @Nullable ResponseFacts facts,
      boolean unreadable,
      Function<@Nullable Usage, Usage> locally) {
    Usage reported = facts == null ? null : facts.usage();
    if (ending.kind() == Exchange.Ending.Kind.CUT) {
      return counted(locally.apply(reported));
    }
    if (httpStatus >= 300 || (httpStatus == 0 && Unsent.isShownBy(ending))) {
      return reported == null ? NOTHING : reported(reported);
    }
    if (reported != null && facts != null && facts.complete()) {
      return reported(reported);
    }
    if (unreadable || (facts != null && facts.pending())) {
      return HOLD;
    }
    return counted(locally.apply(reported));
  }

  private static Charge counted(Usage usage) {
    return new Charge(usage, false, false);
  }

  /**
   * The body ended before its usage was reported, or none ever is. What the provider did say
   * (Anthropic states the input first) stands; the output is what passed by, counted here.
   *
   * @param input null if it is not known
   * @param output tokens that have passed by
   */
  static Usage countedLocally(
      @Nullable Usage reported, @Nullable InputEstimate input, long output) {
    Usage.Builder usage = Usage.builder();
    long reportedOutput = 0;
    if (reported == null) {
      usage.tokens(TokenClass.UNCACHED_INPUT, input == null ? 0 : input.tokens());
    } else {
      for (TokenClass tokenClass : TokenClass.values()) {
        if (tokenClass.isInput() && reported.isKnown(tokenClass)) {
          usage.tokens(tokenClass, reported.tokens(tokenClass));
        }
      }
      reportedOutput = reported.outputTokens();
    }
    return usage.tokens(TokenClass.OUTPUT, Math.max(output, reportedOutput)).build();
  }
}
