package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.util.List;

/** Puts rows on record whose window has closed. */
@FunctionalInterface
public interface ClosedRows {
  /**
   * Called by one process of the host at a time. Where a process dies after this and before the
   * ledger has noted it, the same rows come again, in the same or another process: what is on
   * record already is to be left as it is.
   *
   * @param rows at most {@value WindowCloser#MAX_BATCH}
   * @throws IOException if not all of them are on record; they come again
   */
  void close(List<ClosedRow> rows) throws IOException;

  /** A row whose window has closed. */
  sealed interface ClosedRow {
    /** The same for the same row and window, whichever process asks. */
    String id();

    /**
     * How many times it has been on record. More than 0 if something was charged to it since; then
     * it is to be put on record once more, with its whole sum.
     */
    int recorded();

    /**
     * A budget's row.
     *
     * @param rule hash of its rule
     * @param label whom it is for
     * @param windowEnd epoch ms
     * @param unit of the amounts
     * @param settled what was spent
     * @param held by calls that have not ended for hours; 0 as a rule
     */
    record OfBudget(
        String id,
        int recorded,
        long rule,
        String label,
        long windowEnd,
        AccountUnit unit,
        long settled,
        long held)
        implements ClosedRow {}

    /** A month's spend on one combination of keys. */
    record OfSpend(Spend spend, int recorded) implements ClosedRow {
      @Override
      public String id() {
        return spend.id();
      }
    }
  }
}
