package io.tokenmeter.engine.ledger;

/** How a ledger gets more rows. */
interface Growth {
  /** For a ledger that keeps what it has. */
  Growth NONE = (retry, patience) -> false;

  /**
   * Adds rows, unless another thread or process does. Writes to the file, some milliseconds.
   *
   * @param retry whether to try again although the last attempt failed
   * @param patience how long to wait for others that are at it
   * @return whether there are more than before
   */
  boolean grow(boolean retry, Patience patience);
}
