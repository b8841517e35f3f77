package io.tokenmeter.engine;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.RequestCounter;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a request has, counted when it is first asked for: before the call leaves where a
 * budget is to pay for it, else by the meter's thread when the call has ended. For one thread at a
 * time.
 */
final class InputCount {
  private @Nullable RequestCounter counter;
  private @Nullable Prompt prompt;
  private @Nullable InputEstimate estimate;

  InputCount(RequestCounter counter, Prompt prompt) {
    this.counter = counter;
    this.prompt = prompt;
  }

  /** An estimate that was made before. */
  InputCount(InputEstimate estimate) {
    this.estimate = estimate;
  }

  /** Lets go of the prompt. */
  InputEstimate estimate() {
    InputEstimate known = estimate;
    if (known == null) {
      known = requireNonNull(counter).count(requireNonNull(prompt));
      estimate = known;
      counter = null;
      prompt = null;
    }
    return known;
  }

  boolean isCounted() {
    return estimate != null;
  }
}
