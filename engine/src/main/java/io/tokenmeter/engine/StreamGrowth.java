package io.tokenmeter.engine;

import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Shortfall;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets a stream's hold grow with it, where its request states no limit or the provider ignores it.
 * Reserves ahead of it in steps. Used by one thread at a time.
 */
final class StreamGrowth {
  /** Tokens of output; where a step cannot be paid, the next smaller one may be. */
  private static final long[] STEPS = {512, 128, 32, 8};

  /**
   * Tokens by which a count of ours may pass the provider's own, which keeps to the limit that the
   * request states; beside a quarter of that limit, as closed tokenizers are estimated.
   */
  private static final long LEAST_SLACK = 32;

  private final Cashier cashier;
  private final Terms terms;
  private final Map<String, String> payers;
  private final Instant at;
  private final Admission.Hold hold;
  private long held;
  private long covered;
  private @Nullable String cutBy;

  StreamGrowth(
      Cashier cashier, Terms terms, Map<String, String> payers, Instant at, Admission.Hold hold) {
    this.cashier = cashier;
    this.terms = terms;
    this.payers = payers;
    this.at = at;
    this.hold = hold;
    this.held = terms.mostOutput();
    this.covered = terms.limited() ? held + held / 4 + LEAST_SLACK : held;
  }

  /** Tokens of output that may pass before {@link #reached} must be told. */
  long covered() {
    return covered;
  }

  /** The budget that ends the stream; null while it may go on. */
  @Nullable String cutBy() {
    return cutBy;
  }

  /** So many tokens of output have passed. */
  void reached(long output) {
    while (output >= covered && cutBy == null) {
      if (!grown()) {
        // What cannot be held becomes debt. The next step asks for it too, should there be room.
        covered = Math.max(covered, output) + STEPS[0];
      }
    }
  }

  /** Whether one more step is held, or a budget ends the stream. */
  private boolean grown() {
    for (long step : STEPS) {
      long more = covered + step - held;
      if (hold.grow(more, cashier.priceOfMore(terms, held, more, at)).granted()) {
        covered += step;
        held = covered;
        return true;
      }
    }
    long least = covered + STEPS[STEPS.length - 1] - held;
    long nanoUsd = cashier.priceOfMore(terms, held, least, at);
    for (Shortfall shortfall : cashier.shortfalls(terms, least, nanoUsd, payers)) {
      if (shortfall.rule().cutoff()) {
        cutBy = shortfall.rule().name();
        return true;
      }
    }
    return false;
  }
}
