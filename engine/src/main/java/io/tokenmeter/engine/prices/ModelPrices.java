package io.tokenmeter.engine.prices;

import java.util.List;

/**
 * The prices of one model over time and over the size of the context. Immutable.
 *
 * @param rows the later beginning first, within it the larger context first
 */
record ModelPrices(List<Row> rows) {
  /** For rows that always held. */
  static final long ALWAYS = Long.MIN_VALUE;

  /**
   * Prices that hold from a day on, until a row with a later day holds.
   *
   * @param fromEpochDay the first day, UTC; {@link #ALWAYS} without one
   * @param aboveInputTokens they hold for calls with more input tokens than this; -1 for every call
   */
  record Row(long fromEpochDay, long aboveInputTokens, UnitPrices prices) {}

  static ModelPrices always(UnitPrices prices) {
    return new ModelPrices(List.of(new Row(ALWAYS, -1, prices)));
  }

  /** The prices on a day for a call of so many input tokens in all. */
  UnitPrices at(long epochDay, long inputTokens) {
    for (Row row : rows) {
      if (row.fromEpochDay <= epochDay && row.aboveInputTokens < inputTokens) {
        return row.prices;
      }
    }
    // Rows that begin in the future only: the table knows no older price than its oldest.
    return rows.get(rows.size() - 1).prices;
  }

  /** The highest prices on a day, class by class, whatever the context. */
  UnitPrices dearestAt(long epochDay) {
    UnitPrices dearest = at(epochDay, 0);
    for (Row row : rows) {
      if (row.aboveInputTokens >= 0) {
        dearest = dearest.max(at(epochDay, row.aboveInputTokens + 1));
      }
    }
    return dearest;
  }
}
