package io.tokenmeter.engine.statements;

import io.tokenmeter.engine.ledger.Spend;
import java.time.Instant;

/**
 * One line of a statement. What is charged to a row after its line was written makes another line
 * with the same id and the whole sum: of the lines of an id the last one counts.
 */
public sealed interface Statement {
  /** The same for the same row and window. */
  String id();

  /** 1 for the first line of a row, 2 for the one that supersedes it, and so on. */
  int revision();

  /** The same, as another revision. */
  Statement revised(int revision);

  /** Whether another line says the same of the same row, be it as another revision. */
  boolean hasSumsOf(Statement other);

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
      int revision,
      String budget,
      String scope,
      String window,
      Instant ends,
      String unit,
      String used,
      String limit)
      implements Statement {
    @Override
    public OfBudget revised(int other) {
      return new OfBudget(id, other, budget, scope, window, ends, unit, used, limit);
    }

    @Override
    public boolean hasSumsOf(Statement other) {
      return other instanceof OfBudget line && line.id.equals(id) && line.used.equals(used);
    }
  }

  /** A month's spend on one combination of payer and model. */
  record OfSpend(Spend spend, int revision) implements Statement {
    @Override
    public String id() {
      return spend.id();
    }

    @Override
    public OfSpend revised(int other) {
      return new OfSpend(spend, other);
    }

    @Override
    public boolean hasSumsOf(Statement other) {
      return other instanceof OfSpend line && line.spend.equals(spend);
    }
  }
}
