package io.tokenmeter.engine;

import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Shortfall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream holds beyond what it was admitted with: its request states no limit, so that it may
 * outgrow what was supposed. Reserves ahead of it in steps. Used by one thread at a time.
 */
final class Growth {
  /** Tokens of output; where a step cannot be paid, the next smaller one may be. */
  private static final long[] STEPS = {512, 128, 32, 8};

  private final Cashier cashier;
  private final Terms terms;
  private final Map<String, String> payers;
  private final Instant at;
  private final List<Admission.Hold> more = new ArrayList<>(0);
  private long covered;
  private @Nullable String cutBy;

  Growth(Cashier cashier, Terms terms, Map<String, String> payers, Instant at) {
    this.cashier = cashier;
    this.terms = terms;
    this.payers = payers;
    this.at = at;
    this.covered = terms.mostOutput();
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
        // What cannot be held becomes debt; later steps may find the budget richer.
        covered = Math.max(covered, output) + STEPS[0];
      }
    }
  }

  /** Whether one more step is held, or nothing more can be. */
  private boolean grown() {
    for (long step : STEPS) {
      Admission admission = cashier.holdMore(terms, covered, step, payers, at);
      if (admission instanceof Admission.Granted granted) {
        more.add(granted.hold());
        covered += step;
        return true;
      }
    }
    long least = STEPS[STEPS.length - 1];
    for (Shortfall shortfall : cashier.shortfalls(terms, covered, least, payers, at)) {
      if (shortfall.rule().cutoff()) {
        cutBy = shortfall.rule().name();
        return true;
      }
    }
    return false;
  }

  /** Gives back what was held; the first hold is charged with everything. */
  void release() {
    more.forEach(Admission.Hold::release);
  }
}
