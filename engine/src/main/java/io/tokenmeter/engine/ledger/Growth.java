package io.tokenmeter.engine.ledger;

/** How a ledger gets more rows. */
interface Growth {
  /** For a ledger that keeps what it has. */
  Growth NONE = retry -> false;

  /**
   * Adds rows, unless another process does. Writes to the file, some milliseconds.
   *
   * @param retry whether to try again although the last attempt failed
   * @return whether there are more than before
   */
  boolean grow(boolean retry);
}
