package io.tokenmeter.engine.statements;

import io.tokenmeter.engine.ledger.Spend;
import java.time.Instant;

/** One line of a statement. */
public sealed interface Statement {
  /** The same for the same row and window; no two lines have the same. */
  String id();

  /**
   * What was spent of a budget in a window.
   *
   * @param budget its name; empty where no configuration that we know of had it
   * @param scope whom the row is for
   * @param window such as {@code month}; empty where that is not known
   * @param ends when the window ended
   * @param unit {@code usd}, {@code tokens} and so on
   * @param used in the unit, as a decimal
   * @param limit in the unit, as a decimal; empty where it is not configured any more
   */
  record OfBudget(
      String id,
      String budget,
      String scope,
      String window,
      Instant ends,
      String unit,
      String used,
      String limit)
      implements Statement {}

  /** A month's spend on one combination of payer and model. */
  record OfSpend(Spend spend) implements Statement {
    @Override
    public String id() {
      return spend.id();
    }
  }
}
